import { readFileSync } from 'node:fs'
import { jwtStrategies, sessionStrategies } from '@session-vs-jwt/workbench'

/** Where the lab's buttons have their ids. */
const BUTTONS = 'docs/.vitepress/theme/lab/actions.ts'

/** The buttons of the lab that break something. */
const DANGERS = ['steal', 'thief', 'time', 'restart', 'second', 'redis-stop', 'redis-start']

/** What the lab would not understand in a link to it. */
export function labMistake(query: URLSearchParams): string | undefined {
  const known: Record<string, readonly string[]> = {
    session: sessionStrategies.map(({ id }) => id),
    jwt: jwtStrategies.map(({ id }) => id),
    do: [...buttonIds(), ...DANGERS],
  }
  for (const [name, value] of query) {
    const values = known[name]
    if (!values) return `the lab knows no “${name}”`
    const unknown = value.split(',').find((it) => !values.includes(it))
    if (unknown !== undefined) return `the lab knows no ${name}=${unknown}`
  }
  return undefined
}

function buttonIds(): string[] {
  const text = readFileSync(BUTTONS, 'utf8')
  return [...text.matchAll(/\bid: '([\w-]+)'/g)].map(([, id = '']) => id)
}
