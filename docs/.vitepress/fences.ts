import type { MarkdownRenderer } from 'vitepress'

/** Diagrams are drawn in the page; what a command prints looks unlike the command. */
export function fences(md: MarkdownRenderer): void {
  const { fence } = md.renderer.rules
  if (!fence) return
  md.renderer.rules.fence = (...args) => {
    const [tokens, index] = args
    const { info = '', content = '' } = tokens[index] ?? {}
    if (info === 'mermaid') return diagram(md, content)
    const html = fence(...args)
    if (!info.endsWith(' answer')) return html
    return html.replace(/class="language-(\w+)/, 'class="language-$1 answer')
  }
}

/** The source stands in the page until it is drawn, and where there are no scripts. */
function diagram(md: MarkdownRenderer, source: string): string {
  const attribute = md.utils.escapeHtml(encodeURIComponent(source))
  return `<MermaidDiagram source="${attribute}"><pre v-pre>${md.utils.escapeHtml(source)}</pre></MermaidDiagram>\n`
}
