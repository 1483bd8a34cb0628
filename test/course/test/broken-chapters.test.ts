import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { findingsOfList } from '../chapter-lists.js'
import { codeRegionsOf, findingsOfRegion } from '../code-regions.js'
import { figuresOf, findingsOfFigure } from '../figures.js'
import { findingsOfLink, linksOf } from '../links.js'
import { edited, type Finding, type Page, parsePage } from '../page.js'
import { findingsOfShape } from '../parts.js'
import { stepsOf } from '../steps.js'

const FILE = 'docs/02-sessions/README.md'
const GOOD = readFileSync('test/course/test/good-chapter.md', 'utf8')

/** Everything that is found without running a command. */
async function findingsOf(page: Page): Promise<Finding[]> {
  const figures = await Promise.all(figuresOf(page).map(findingsOfFigure))
  return [
    ...findingsOfShape(page, 2),
    ...linksOf(page).flatMap((it) => findingsOfLink(page, it)),
    ...figures.flat(),
    ...codeRegionsOf(page).flatMap(findingsOfRegion),
    ...stepsOf(page).findings,
  ]
}

test('nothing is found in a chapter that is as it should be', async () => {
  expect(await findingsOf(parsePage(FILE, GOOD))).toEqual([])
})

const LAB = 'http://localhost:3000/lab?session=session-redis&do=register,steal'

test.each<[string, string | RegExp, string, number, RegExp]>([
  ['no frontmatter', /^---[\s\S]*?---\n/, '', 1, /has no frontmatter/],
  ['frontmatter that is no YAML', 'title: A', 'title: A: B', 1, /frontmatter/],
  ['no description', /description.*\n/, '', 1, /description/],
  ['too long', 'minutes: 5', 'minutes: 16', 1, /minutes/],
  ['another number', '# 2. A', '# 3. A', 7, /# 2\. A chapter/],
  ['another title', '# 2. A chapter', '# 2. Chapter', 7, /# 2\. A chapter/],
  ['two titles', '## The code', '# The code', 7, /one heading of the first level/],
  ['a part less', '## The code\n', '', 53, /here must come: The code/],
  [
    'parts in another order',
    /## The idea([\s\S]*)## Do it/,
    '## Do it$1## The idea',
    13,
    /The idea/,
  ],
  ['a part more', '## Questions', '## Questions\n\n## And more', 60, /nothing more/],
  ['a question that asks nothing', 'be? See', 'be. See', 9, /asks nothing/],
  ['no diagram', '```mermaid', '```text', 13, /no mermaid diagram/],
  ['nothing to do', /Open[\s\S]*?(?=## What)/, '', 20, /no command/],
  ['no figure', /<!-- figure[\s\S]*?figure -->/, '1', 39, /has no figure/],
  ['no code', /<!-- code.*-->/, '', 43, /includes no code/],
  [
    'no test of the mistake',
    '../../test/course/course.test.ts#L1',
    '../README.md',
    54,
    /names no test/,
  ],
  ['two questions', /<details><summary>One[\s\S]*?<\/details>/, '', 58, /has 2/],
  ['a question without an answer', 'One?</summary>\n\nYes.', 'One?</summary>', 58, /lacks/],
  ['an anchor that is not there', '#the-idea', '#the-ideas', 11, /no #the-ideas/],
  ['a file that is not there', '../03-jwt/', '../03-jwts/', 56, /there is no docs\/03-jwts/],
  ['a line that is not there', '#L1', '#L9999', 56, /no #L9999/],
  ['a file out of the checkout', '../03-jwt/', '../../../', 56, /out of the checkout/],
  ['a path of the site', '#the-idea', '/lab', 11, /code host/],
  ['plain http', '#the-idea', 'http://example.com', 11, /https/],
  ['a page that the site has not', LAB, 'http://localhost:3000/labs', 22, /no page/],
  ['a strategy that is none', 'session=session-redis', 'session=redis', 22, /session=redis/],
  ['a button that is none', 'do=register', 'do=regster', 22, /do=regster/],
  ['a figure that is another', '-->1<!--', '-->2<!--', 41, /is “2”.*says “1”/],
  ['a figure of nothing', 'whoami.redis', 'whoami.rediss', 41, /no figure/],
  ['a figure that begins its line', 'It asked Redis ', '', 41, /first of its line/],
  ['code that has changed', "return 'shown'", "return 'hidden'", 45, /has changed/],
  ['code that is not there', 'shown.ts shown', 'shown.ts hidden', 45, /no “hidden”/],
  ['code without a block', /```ts[\s\S]*?```/, '', 45, /comes a block of code/],
  ['an answer to nothing', '```sh fails', '```text answer', 35, /right after its command/],
  ['a block of no known kind', '```sh fails', '```bash', 35, /unknown kind/],
  ['a word that no block knows', '```sh fails', '```sh failing', 35, /unknown kind/],
])('%s', async (_, from, to, line, message) => {
  const text = GOOD.replace(from, to)
  expect(text).not.toBe(GOOD)
  expect(await findingsOf(parsePage(FILE, text))).toContainEqual(
    expect.objectContaining({ line, message: expect.stringMatching(message) }),
  )
})

test.each([
  ['the figure', '-->1<!--', '-->?<!--'],
  ['the code', "return 'shown'", ''],
])('%s is written anew', async (_, right, wrong) => {
  const page = parsePage(FILE, GOOD.replace(right, wrong))
  const edits = (await findingsOf(page)).flatMap(({ edit }) => edit ?? [])
  expect(edited(page.text, edits)).toBe(GOOD)
})

test.each([
  ['Holder.held', '/** Of one member. */\nheld(): number {\n  return 1\n}'],
  ['around', 'export const around = shown()'],
])('%s is shown from the first column', (name, expected) => {
  const text = GOOD.replace('shown.ts shown', `shown.ts ${name}`)
  const [region] = codeRegionsOf(parsePage(FILE, text))
  expect(region && findingsOfRegion(region)).toEqual([
    expect.objectContaining({
      edit: expect.objectContaining({ text: expect.stringContaining(`\n${expected}\n`) }),
    }),
  ])
})

test.each([
  ['lists it', '[2. A chapter](02-sessions/README.md)', []],
  ['does not', '[chapter 2](02-sessions/README.md)', [/lists no “2. A chapter”/]],
  ['has another title', '[2. Chapter](02-sessions/README.md)', [/lists “2. Chapter”/]],
])('a page that %s', (_, text, messages) => {
  const findings = findingsOfList(parsePage('docs/README.md', text), parsePage(FILE, GOOD))
  expect(findings.map(({ message }) => message)).toEqual(
    messages.map((it) => expect.stringMatching(it)),
  )
})
