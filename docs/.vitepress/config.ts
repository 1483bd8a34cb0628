import { fileURLToPath } from 'node:url'
import { slug as slugify } from 'github-slugger'
import { defineConfig } from 'vitepress'
import { courseSidebar, decisionItems, readChapters } from './chapters.js'
import { fences } from './fences.js'
import { languages } from './languages.js'
import { rewrites, siteLinks } from './links.js'
import { siteInputs, writeSiteInputs } from './site-inputs.js'

const folderOf = (base: string): string => fileURLToPath(new URL(`..${base}`, import.meta.url))

/** By where it is served: what stands beside the pages of a course, in each language. */
const courses = Object.fromEntries(
  languages.map((it) => [it.base, courseSidebar(readChapters(folderOf(it.base)), it)]),
)

const reference = [
  { text: 'The contract', link: '/contract/' },
  { text: 'Strategies compared', link: '/contract/strategies' },
  { text: 'What each request looks up', link: '/contract/lookups' },
  { text: 'Attacks', link: '/contract/security' },
  { text: 'While something breaks', link: '/contract/faults' },
  { text: 'Several instances', link: '/contract/instances' },
  { text: 'A Redis Cluster', link: '/contract/cluster' },
  { text: 'More users, more servers', link: '/contract/scale' },
]

export default defineConfig({
  title: 'Session vs JWT',
  titleTemplate: ':title · Session vs JWT workbench',
  description: 'What session cookies and JWT really cost and really give up, on your own machine.',
  locales: Object.fromEntries(languages.map(({ key, label, lang }) => [key, { label, lang }])),
  cleanUrls: true,
  rewrites,
  head: [['link', { rel: 'icon', href: '/mark.svg', type: 'image/svg+xml' }]],
  themeConfig: {
    logo: '/mark.svg',
    nav: [
      { text: 'Course', link: '/course/' },
      { text: 'Lab', link: '/lab' },
      { text: 'Token lab', link: '/token-lab' },
      { text: 'Password lab', link: '/password-lab' },
      { text: 'Results', link: '/results' },
      { text: 'Reference', items: reference },
    ],
    sidebar: {
      '/contract/': [{ text: 'Reference', items: reference }],
      '/decisions/': [{ text: 'Decisions', items: decisionItems(folderOf('/decisions/')) }],
      ...courses,
    },
    search: { provider: 'local' },
    outline: [2, 3],
  },
  markdown: {
    theme: { light: 'github-light-high-contrast', dark: 'github-dark-high-contrast' },
    // As a code host names them: a link to a heading works in both.
    anchor: { slugify },
    config(md) {
      md.use(siteLinks)
      md.use(fences)
    },
  },
  buildEnd: ({ outDir }) => writeSiteInputs(outDir),
  // Of the course, what is no page is served as a file; servers are there when they run.
  ignoreDeadLinks: [/^\/source\//, /^http:\/\/localhost/],
  vite: {
    // The TypeScript of the workspace packages: a page needs no build but its own.
    resolve: { conditions: ['source', 'module', 'browser', 'development|production'] },
    ssr: { resolve: { conditions: ['source', 'module', 'node', 'development|production'] } },
    plugins: [siteInputs()],
    worker: { format: 'es', plugins: () => [siteInputs()] },
    build: { chunkSizeWarningLimit: 1_000 },
  },
})
