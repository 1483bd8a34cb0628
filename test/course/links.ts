import { existsSync, readFileSync, statSync } from 'node:fs'
import { join, posix, resolve } from 'node:path'
import GithubSlugger from 'github-slugger'
import { toString } from 'mdast-util-to-string'
import { visit } from 'unist-util-visit'
import { labMistake } from './lab-links.js'
import { type Finding, type Page, placeOf, readPage } from './page.js'

export interface Link {
  readonly line: number
  readonly url: string
}

/** The site, as `npm start` serves it. */
const SITE = 'http://localhost:3000'

/** The servers that run beside it, and what a chapter starts itself. */
const OWN_SERVERS = /^http:\/\/(localhost|127\.0\.0\.1):(300[12]|400\d)(\/|$)/

export function linksOf({ tree }: Page): Link[] {
  const links: Link[] = []
  visit(tree, (node) => {
    if (node.type === 'link' || node.type === 'image' || node.type === 'definition') {
      links.push({ line: placeOf(node).line, url: node.url })
    }
  })
  return links
}

/** Whether a link leads somewhere. Other hosts are not asked. */
export function findingsOfLink(page: Page, { line, url }: Link): Finding[] {
  const message = mistakeOf(page, url)
  return message === undefined ? [] : [{ line, message: `${url}: ${message}` }]
}

function mistakeOf(page: Page, url: string): string | undefined {
  if (url === SITE || url.startsWith(`${SITE}/`)) return mistakeInSite(new URL(url))
  if (url.startsWith('https://') || OWN_SERVERS.test(url)) return undefined
  if (/^[a-z]+:/i.test(url)) return 'links to other hosts begin with https'
  if (url.startsWith('/')) return 'a code host cannot follow this; write it from this page’s folder'
  return mistakeInCheckout(page, url)
}

function mistakeInSite({ pathname, searchParams }: URL): string | undefined {
  const path = pathname.replaceAll(/^\/|\/$/g, '')
  const pages =
    path === ''
      ? ['index.md']
      : path === 'course'
        ? ['README.md']
        : [`${path}.md`, `${path}/README.md`]
  if (!pages.some((it) => existsSync(join('docs', it))))
    return `the site has no page docs/${pages[0]}`
  return path === 'lab' ? labMistake(searchParams) : undefined
}

function mistakeInCheckout(page: Page, url: string): string | undefined {
  const [path = '', anchor] = decodeURI(url).split('#')
  const file = path === '' ? page.file : posix.join(posix.dirname(page.file), path)
  if (file.startsWith('..')) return 'leads out of the checkout'
  if (!existsSync(resolve(file))) return `there is no ${file}`
  if (anchor === undefined) return undefined
  return hasAnchor(page, file, anchor) ? undefined : `there is no #${anchor} in ${file}`
}

function hasAnchor(page: Page, file: string, anchor: string): boolean {
  if (!statSync(resolve(file)).isFile()) return false
  if (!file.endsWith('.md')) {
    const lines = readFileSync(resolve(file), 'utf8').split('\n').length
    const [, from, to = from] = /^L(\d+)(?:-L(\d+))?$/.exec(anchor) ?? []
    return Number(from) > 0 && Number(to) <= lines
  }
  return anchorsOf(file === page.file ? page : readPage(file)).includes(anchor)
}

/** As a code host names them; the site is built to name them alike. */
function anchorsOf({ tree, text }: Page): string[] {
  const slugger = new GithubSlugger()
  const anchors: string[] = []
  visit(tree, 'heading', (node) => void anchors.push(slugger.slug(toString(node))))
  return [...anchors, ...[...text.matchAll(/<a id="([^"]+)"/g)].map(([, id = '']) => id)]
}
