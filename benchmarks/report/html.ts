import { parseHTML } from 'linkedom'
import type { Result, ScenarioResult } from '../result/result.js'
import { escaped } from './escaped.js'
import { machineLine, methodLines } from './facts.js'
import { drawingsOf } from './drawings.js'
import { footnotes, scenarioRows } from './scenario-rows.js'
import { STYLES } from './styles.js'

const { document } = parseHTML('<!doctype html><html><body></body></html>')
const WIDTH = 860

/** One page that needs nothing else: no script, no font, no network. */
export function htmlReport(result: Result): string {
  const { command, startedAt, missing, scenarios } = result
  const links = scenarios.map(({ id }) => `<a href="#${id}">${id}</a>`)
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Benchmarks: session and JWT</title>
<style>${STYLES}</style>
<header>
<h1>Benchmarks: session and JWT</h1>
<p><code>${escaped(command)}</code>, ${startedAt.slice(0, 10)}</p>
<p>${escaped(machineLine(result))}</p>
<details><summary>How it was measured</summary>${list(methodLines(result))}</details>
${missing.length > 0 ? `<p class="missing">Missing:</p>${list(missing)}` : ''}
<nav>${links.join(' ')}</nav>
</header>
<main>
${scenarios.map(section).join('\n')}
</main>
</html>
`
}

function section(scenario: ScenarioResult): string {
  const { id, title, question, failure } = scenario
  const figures = drawingsOf(scenario, { document, width: WIDTH }).map(
    (it) => `<figure><figcaption>${escaped(it.title)}</figcaption>${it.html}</figure>`,
  )
  return `<section id="${id}">
<h2>${escaped(title)} <small>${id}</small></h2>
<p>${escaped(question)}</p>
${failure === undefined ? '' : `<p class="missing">Failed: ${escaped(failure)}</p>`}
${figures.join('\n')}
${scenario.cells.length > 0 ? table(scenario, figures.length === 0) : ''}
${footnotes(scenario)
  .map((it) => `<p>${escaped(it)}</p>`)
  .join('')}
</section>`
}

function table(scenario: ScenarioResult, isOpen: boolean): string {
  const { head, rows } = scenarioRows(scenario)
  const row = (texts: readonly string[], tag: 'th' | 'td'): string =>
    `<tr>${texts.map((it) => `<${tag}>${escaped(it)}</${tag}>`).join('')}</tr>`
  return `<details${isOpen ? ' open' : ''}><summary>All figures</summary>
<div class="wide"><table><thead>${row(head, 'th')}</thead>
<tbody>${rows.map((it) => row(it, 'td')).join('\n')}</tbody></table></div></details>`
}

function list(lines: readonly string[]): string {
  return `<ul>${lines.map((it) => `<li>${escaped(it)}</li>`).join('')}</ul>`
}
