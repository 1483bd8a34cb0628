import { posix, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { MarkdownRenderer } from 'vitepress'

const DOCS = fileURLToPath(new URL('..', import.meta.url))

/** Where the site is, as pages write it that are read on a code host. */
const SITE = /^http:\/\/localhost:3000(?=\/|$)/

/** What a page of `docs` is served as: a code host shows README.md for a folder. */
export const rewrites: Readonly<Record<string, string>> = {
  'README.md': 'course/index.md',
  ':folder/README.md': ':folder/index.md',
  ':language/:folder/README.md': ':language/:folder/index.md',
}

/**
 * Pages link by relative paths, which a code host follows. In the site, a page is linked by its address,
 * and what is no page is served below `/source/`.
 */
export function siteLinks(md: MarkdownRenderer): void {
  md.core.ruler.push('site-links', ({ tokens, env }) => {
    const { realPath } = env as { realPath?: string }
    // A title on its own.
    if (realPath === undefined) return
    const folder = posix.dirname(posix.join('docs', relative(DOCS, realPath)))
    for (const token of tokens.flatMap(({ children }) => children ?? [])) {
      const href = token.type === 'link_open' ? token.attrGet('href') : undefined
      if (!href) continue
      const inSite = siteHref(href, folder)
      token.attrSet('href', inSite)
      if (inSite.startsWith('/source/')) token.attrSet('target', '_self')
    }
  })
}

/** @param folder of the page, from the checkout's root */
function siteHref(href: string, folder: string): string {
  if (SITE.test(href)) return href.replace(SITE, '') || '/'
  if (/^([a-z]+:|[/#])/i.test(href)) return href
  const [file = '', hash] = href.split('#')
  const path = posix.join(folder, file)
  const end = hash === undefined ? '' : `#${hash}`
  const isPage = path.startsWith('docs/') && /(\.md|\/)$/.test(path)
  return `${isPage ? servedAt(path.slice('docs/'.length)) : `/source/${path}`}${end}`
}

/** The address of a page or folder of `docs`. */
function servedAt(path: string): string {
  if (path === 'README.md') return '/course/'
  return `/${path.replace(/(^|\/)(README|index)\.md$/, '$1').replace(/\.md$/, '')}`
}
