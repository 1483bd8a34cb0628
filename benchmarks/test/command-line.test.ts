import { strategies } from '@session-vs-jwt/workbench'
import { describe, expect, it } from 'vitest'
import { benchCommand } from '../command.js'
import { exhibits } from '../exhibits/exhibits.js'
import { scenarios } from '../scenarios/scenarios.js'

async function failureOf(...args: string[]): Promise<Error> {
  const command = benchCommand({}, args).configureOutput({ writeErr: () => undefined })
  return command.parseAsync(args, { from: 'user' }).then(
    () => new Error('it was accepted'),
    (error: Error) => error,
  )
}

describe('npm run bench', () => {
  it('shows the scenarios that there are for one that there is not', async () => {
    const { message } = await failureOf('--scenario', 'nothing')
    expect(message).toContain('There is no scenario "nothing"')
    for (const { id } of [...scenarios, ...exhibits]) expect(message).toContain(id)
  })

  it('shows the strategies that there are for one that there is not', async () => {
    const { message } = await failureOf('--strategy', 'nothing')
    for (const { id } of strategies) expect(message).toContain(id)
  })

  it.each([
    [['--peer', 'nothing'], /There is no peer "nothing"/],
    [['--rounds', '0'], /at least 1/],
    [['--rounds', 'many'], /whole number/],
    [['--duration', '-1'], /number of seconds/],
    [['--check', '--scenario', 'login'], /identity alone/],
    [['--check', '--bad'], /identity alone/],
    [['--compare', 'a'], /takes two results/],
    [['--compare', 'nowhere', 'nowhere'], /could not be read/],
    [['--url', 'not a url'], /not a url/],
    [['--nonsense'], /unknown option/],
  ])('refuses %j', async (args, message) => {
    expect((await failureOf(...args)).message).toMatch(message)
  })

  it('tells of every scenario and of every exhibit', () => {
    const help = benchCommand({}, []).helpInformation()
    for (const { id } of [...scenarios, ...exhibits]) expect(help).toContain(id)
  })
})

describe('a scenario', () => {
  it.each([...scenarios, ...exhibits].map((it) => [it.id, it] as const))(
    '%s has a question, metrics, and subjects of each strategy it compares',
    (_id, scenario) => {
      const settings = {
        rounds: 1,
        seconds: 1,
        warmUpRequests: 1,
        seed: 1,
        quick: false,
        check: false,
        strategies,
        peers: [],
        urls: [],
      }
      const subjects = scenario.subjects(settings)
      expect(scenario.question).toMatch(/\?/)
      expect(scenario.metrics.length).toBeGreaterThan(0)
      expect(new Set(subjects.map(({ id }) => id)).size).toBe(subjects.length)
      expect(subjects.map(({ id }) => id)).toContain(scenario.reference)
      for (const { conditions } of subjects) expect(conditions.length).toBeGreaterThan(0)
    },
  )
})
