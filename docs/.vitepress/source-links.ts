import { posix } from 'node:path'
import type { MarkdownRenderer } from 'vitepress'

/**
 * A chapter links to the source by a relative path, which a code host follows. In the site, what is no
 * page of it is served below `/source/`.
 */
export function sourceLinks(md: MarkdownRenderer): void {
  md.core.ruler.push('source-links', ({ tokens, env }) => {
    const { relativePath } = env as { relativePath?: string }
    // A title on its own.
    if (relativePath === undefined) return
    const page = posix.join('docs', relativePath)
    const links = tokens.flatMap(({ children }) => children ?? [])
    for (const token of links) {
      const href = token.type === 'link_open' ? token.attrGet('href') : undefined
      if (!href || /^([a-z]+:|[/#])/.test(href)) continue
      const [file = '', hash = ''] = href.split('#')
      const path = posix.join(posix.dirname(page), file)
      if (path.startsWith('docs/') && /(\.md|\/)$/.test(path)) continue
      token.attrSet('href', `/source/${path}${hash && `#${hash}`}`)
      token.attrSet('target', '_self')
    }
  })
}
