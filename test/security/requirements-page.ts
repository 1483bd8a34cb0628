import { markdownTable } from 'markdown-table'
import type {
  NamedTest,
  Requirement,
  RequirementGroup,
  Status,
} from './requirements/requirement.js'
import type { TaggedTest } from './tagged-tests.js'

/** A requirement with everything that tests it. */
interface ProvedRequirement extends Requirement {
  readonly proofs: readonly NamedTest[]
}

/** Where the rows of the contract are run, for every strategy. */
const ROWS_IN = 'test/contract/rows'

/** The tests of a requirement: those of test/security that name it, rows of the contract, and others. */
export function proofsOf(
  { id, rows = [], tests = [] }: Requirement,
  tagged: readonly TaggedTest[],
): NamedTest[] {
  return [
    ...tagged
      .filter(({ requirements }) => requirements.includes(id))
      .map(({ file, title }) => ({ file, name: title })),
    ...rows.map((name) => ({ file: ROWS_IN, name })),
    ...tests,
  ]
}

const STATUSES: readonly Status[] = ['met', 'partly', 'not met', 'not applicable']

/** The table as Markdown, a section for each document, and as JSON. */
export function requirementsPage(
  groups: readonly RequirementGroup[],
  tagged: readonly TaggedTest[],
): { markdown: string; json: string } {
  const proved = groups.map((group) => ({
    ...group,
    requirements: group.requirements.map(({ rows: _rows, tests: _tests, ...it }) => {
      const proofs = proofsOf({ ...it, rows: _rows ?? [], tests: _tests ?? [] }, tagged)
      return { ...it, url: addressOf(it.id, group.url), proofs }
    }),
  }))
  return {
    markdown: `${[HEAD, sumTable(groups), ...proved.map(section)].join('\n\n')}\n`,
    json: `${JSON.stringify({ source: 'test/security', groups: proved }, undefined, 2)}\n`,
  }
}

const HEAD = `# Attacks, and what the servers are asked to withstand

Every requirement of OWASP ASVS 5.0, chapters V6, V7 and V9, of RFC 8725, section 3, and of RFC 9700, sections 2
and 4, in our words, and a choice of others: met or not by these two servers, and by which test. The tests attack
real servers of every strategy, on a real PostgreSQL and a real Redis. A requirement that depends on the strategy is
"partly" met, and it is said by which.

The table is data (\`test/security/requirements\`). \`npm run test:all -- test/security\` fails where a test that is
named here does not stand in its file, and where one of its own did not run or names no requirement; with \`-u\` it
writes this page anew. A row, such as \`cookies/fixation\`, is one of the contract:
\`npm run contract -- --only cookies/fixation\` runs it against any server. Names of others are titles of tests, which
run with the rest of their folder: \`npm run test:all -- test/security/csrf.test.ts\`.`

function sumTable(groups: readonly RequirementGroup[]): string {
  const counts = groups.map(({ title, requirements }) => [
    title,
    ...STATUSES.map((status) => String(requirements.filter((it) => it.status === status).length)),
  ])
  return markdownTable([['', ...STATUSES], ...counts])
}

interface Addressed extends ProvedRequirement {
  readonly url: string
}

function section(group: {
  title: string
  url: string
  requirements: readonly Addressed[]
}): string {
  const rows = group.requirements.map(({ id, url, text, status, why, proofs }) => [
    `[${id}](${url})`,
    inCell(text),
    status === 'met' || status === 'not applicable' ? status : `**${status}**`,
    inCell(why ?? ''),
    proofs.map(proofText).join('<br>'),
  ])
  const head = ['', 'what is demanded', 'status', 'why', 'tested by']
  const table = markdownTable([head, ...rows], { alignDelimiters: false })
  return `## ${group.title}\n\n${table}`
}

function proofText({ file, name }: NamedTest): string {
  if (file === ROWS_IN) return `row \`${inCell(name)}\``
  const title = inCell(name).replaceAll(/%\w/g, '…')
  return `[${file.slice(file.lastIndexOf('/') + 1)}](../../${file}): ${title}`
}

/** RFCs by section; chapters of ASVS as a whole. */
function addressOf(id: string, url: string): string {
  const [, rfc, part] = /^RFC (\d+) ([\d.]+)$/.exec(id) ?? []
  return rfc === undefined ? url : `https://www.rfc-editor.org/rfc/rfc${rfc}#section-${part}`
}

function inCell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('<', '&lt;')
}
