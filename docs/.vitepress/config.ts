import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitepress'
import { courseSidebar, readChapters } from './chapters.js'
import { sourceLinks } from './source-links.js'

const course = courseSidebar(readChapters(fileURLToPath(new URL('..', import.meta.url))))

const reference = [
  { text: 'The contract', link: '/contract/' },
  { text: 'Strategies compared', link: '/contract/strategies' },
  { text: 'What each request looks up', link: '/contract/lookups' },
  { text: 'Attacks', link: '/contract/security' },
]

export default defineConfig({
  title: 'Session vs JWT',
  titleTemplate: ':title · Session vs JWT workbench',
  description: 'What session cookies and JWT really cost and really give up, on your own machine.',
  lang: 'en',
  cleanUrls: true,
  // A code host shows README.md for a folder.
  rewrites: { 'README.md': 'course/index.md', ':folder/README.md': ':folder/index.md' },
  head: [['link', { rel: 'icon', href: '/mark.svg', type: 'image/svg+xml' }]],
  themeConfig: {
    logo: '/mark.svg',
    nav: [
      { text: 'Lab', link: '/lab' },
      { text: 'Token lab', link: '/token-lab' },
      { text: 'Password lab', link: '/password-lab' },
      { text: 'Results', link: '/results' },
      { text: 'Reference', items: reference },
    ],
    sidebar: { '/contract/': [{ text: 'Reference', items: reference }], '/': course },
    search: { provider: 'local' },
    outline: [2, 3],
  },
  markdown: { config: sourceLinks },
  ignoreDeadLinks: [
    /^\/source\//,
    /^http:\/\/localhost/,
    // A chapter that is not written yet.
    /\/\d\d-[a-z-]+\/(index|README)?$/,
  ],
  vite: {
    // The TypeScript of the workspace packages: a page needs no build but its own.
    resolve: { conditions: ['source', 'module', 'browser', 'development|production'] },
    ssr: { resolve: { conditions: ['source', 'module', 'node', 'development|production'] } },
    worker: { format: 'es' },
    build: { chunkSizeWarningLimit: 1_000 },
  },
})
