import type { Command } from 'commander'
import { curlLines } from '../curl-lines.js'
import { aborted, interruption } from '../interruption.js'
import { type Ports, readPorts } from '../ports.js'
import { latestResult } from '../site/latest-result.js'
import { startSite } from '../site/site.js'
import { jwtStrategies, sessionStrategies } from '../strategies.js'
import type { Strategy } from '../strategy.js'
import { newCommand } from './command.js'

export function siteCommand(): Command {
  return newCommand({
    usage: 'site',
    description:
      'Serve the site alone, for servers that run elsewhere on this machine: at SESSION_PORT\n' +
      'and JWT_PORT, with SESSION_STORE, REFRESH_STORE and REVOCATION. HOST is the address.',
    examples: ['HOST=0.0.0.0 node packages/workbench/dist/main.js site'],
  }).action(serve)
}

async function serve(): Promise<void> {
  const ports = readPorts(process.env)
  const startedAt = new Date().toISOString()
  const describe = (): object => ({
    startedAt,
    servers: servers(ports),
    curl: curlLines(ports),
  })
  const host = process.env['HOST'] || '127.0.0.1'
  const signal = interruption(() => console.log('Stopping …'))
  const questions = { results: () => latestResult() }
  const port = Number(process.env['PORT'] || ports.page)
  const site = await startSite(port, { describe, questions }, host)
  console.log(`The site: http://localhost:${ports.page}`)
  // It may have come as the site started.
  await aborted(signal)
  await site.stop()
}

function servers(ports: Ports): object {
  return {
    session: described(ports.session, chosen(sessionStrategies)),
    jwt: described(ports.jwt, chosen(jwtStrategies)),
  }
}

/** The strategy whose settings those of the environment are; the default where they say nothing. */
function chosen(strategies: readonly Strategy[]): Strategy | undefined {
  const [fallback] = strategies
  return strategies.find(({ env }) =>
    Object.entries(env).every(
      ([name, value]) => (process.env[name] || fallback?.env[name]) === value,
    ),
  )
}

function described(port: number, strategy: Strategy | undefined): object {
  const url = `http://127.0.0.1:${port}`
  return { url, strategy: strategy?.id ?? 'settings of your own', state: strategy?.state ?? '' }
}
