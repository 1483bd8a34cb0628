// Starts what its arguments name on a folder, says so in a line of JSON, and waits.
// SIGINT: half a second later it asks PostgreSQL once more, says what came of it, stops and leaves.
import { setTimeout as sleep } from 'node:timers/promises'
import { Client } from 'pg'
import {
  findBalancerProgram,
  findRedisProgram,
  freePort,
  ServiceError,
  startBalancer,
  startEmbeddedPostgres,
  startRedisProcess,
} from '../../src/index.js'

const [folder = '', programFolder = '', ...names] = process.argv.slice(2)
const say = (line: object): void => console.log(JSON.stringify(line))

try {
  const postgres = names.includes('postgres')
    ? await startEmbeddedPostgres({ folder, durable: false })
    : undefined
  const findServer = (): ReturnType<typeof findRedisProgram> =>
    findRedisProgram({ folder: programFolder })
  const redis = names.includes('redis')
    ? await startRedisProcess({ folder, findServer })
    : undefined
  const balancer = names.includes('balancer')
    ? await startBalancer(await findBalancerProgram({ folder: programFolder }), {
        folder,
        services: [{ name: 'a', port: await freePort(), sticky: false, instances: [] }],
      })
    : undefined
  process.once('SIGINT', async () => {
    await sleep(500)
    say({ answer: postgres && (await ask(postgres.url)) })
    await Promise.all([postgres?.stop(), redis?.stop(), balancer?.stop()])
    process.exit(0)
  })
  say({ uid: process.getuid?.(), postgres: postgres?.url, redis: redis?.url })
  setInterval(() => {}, 1000)
} catch (error) {
  say({ code: error instanceof ServiceError ? error.code : String(error) })
}

async function ask(url: string): Promise<unknown> {
  const client = new Client(url)
  await client.connect()
  const { rows } = await client.query<{ answer: number }>('select 42 as answer')
  await client.end()
  return rows[0]?.answer
}
