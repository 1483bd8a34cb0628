import { paths } from '@session-vs-jwt/http-contract'
import type { Registration } from '@session-vs-jwt/workbench'
import { Client } from 'pg'
import { inject } from 'vitest'
import { Device, loggedIn, registered, type Reply } from '../device.js'
import { type Answer, Load, timed } from '../faults/load.js'
import type { Fleet } from './fleet.js'

/** What a crowd was told, and what is left of it. */
export interface Outcome {
  readonly answers: readonly Answer[]
  /** Posts that were acknowledged with 201, and those that are there. */
  readonly acknowledged: number
  readonly written: number
  /** Logins that were made before, and those that are still good for everything. */
  readonly logins: number
  readonly kept: number
}

/** Who only looks on: they log in, and come back when it is over. */
const ONLOOKERS = 12

/** Milliseconds between the requests of one client. */
const PAUSE_MS = 25

/**
 * Clients of a fleet that send requests all the while, some on connections that they keep, some on a
 * new one for each request, and others who only come back in the end.
 */
export class Crowd {
  readonly #load: Load
  readonly #writer: Registration
  readonly #logins: readonly Device[]

  private constructor(writer: Registration, logins: readonly Device[], load: Load) {
    this.#writer = writer
    this.#logins = logins
    this.#load = load
  }

  static async gather(fleet: Fleet): Promise<Crowd> {
    const { device: writer, account: writing } = await registered(fleet)
    const { device: reader, account } = await registered(fleet)
    const renews = await loggedIn(fleet, account)
    const rotates = await loggedIn(fleet, account)
    const onlookers: Device[] = []
    while (onlookers.length < ONLOOKERS) onlookers.push(await loggedIn(fleet, account))
    const post = { title: 'Written in between', body: 'and not lost' }
    const load = new Load(
      [
        // fetch keeps its connections, as browsers do.
        async () => timed('GET whoami, kept', async () => kept(reader, 'GET', paths.whoami)),
        async () => timed('GET me, kept', async () => kept(reader, 'GET', paths.me)),
        async () => timed('GET posts, kept', async () => kept(reader, 'GET', paths.posts)),
        async () => timed('POST posts, kept', async () => kept(writer, 'POST', paths.posts, post)),
        // These dial anew.
        async () => timed('GET whoami', reader.whoami),
        async () => timed('POST posts', async () => writer.send('POST', paths.posts, post)),
        async () => timed('POST renew', renews.renew),
        async () => timed('POST rotate', rotates.rotate),
        async () => timed('POST login', async () => new Device(fleet).login(account)),
      ],
      PAUSE_MS,
    )
    return new Crowd(writing, [writer, reader, renews, rotates, ...onlookers], load)
  }

  /** How many answers there are by now. */
  get answered(): number {
    return this.#load.answers.length
  }

  /** Waits for the last answer, and counts what is left. */
  async disperse(): Promise<Outcome> {
    const answers = await this.#load.stop()
    const isPost = ({ name, status }: Answer): boolean =>
      name.startsWith('POST posts') && status === 201
    const good = await Promise.all(this.#logins.map(isGoodForAll))
    return {
      answers,
      acknowledged: answers.filter(isPost).length,
      written: await postsOf(this.#writer),
      logins: this.#logins.length,
      kept: good.filter(Boolean).length,
    }
  }

  /** Ends it, where a test has failed. */
  async stop(): Promise<void> {
    await this.#load.stop()
  }
}

/** On a connection that is kept for the next one. */
async function kept(
  { client, access }: Device,
  method: string,
  path: string,
  json?: object,
): Promise<Reply> {
  const response = await fetch(client.baseUrl + path, {
    method,
    headers: {
      ...(client.server === 'session' ? { cookie: access } : { authorization: `Bearer ${access}` }),
      ...(json && { 'content-type': 'application/json' }),
    },
    ...(json && { body: JSON.stringify(json) }),
  })
  const body = await response.text()
  return {
    status: response.status,
    headers: Object.fromEntries(response.headers),
    body: body === '' ? undefined : JSON.parse(body),
  }
}

/** Whether it opens private routes, and can be renewed. */
async function isGoodForAll(device: Device): Promise<boolean> {
  return (await device.whoami()).status === 200 && (await device.rotate()).status === 200
}

/** As the database has them. */
async function postsOf({ email }: Registration): Promise<number> {
  const sql = new Client(inject('databaseUrl'))
  await sql.connect()
  try {
    const { rows } = await sql.query<{ count: number }>(
      'SELECT count(*)::int AS count FROM posts JOIN users ON users.id = author_id WHERE email = $1',
      [email],
    )
    return rows[0]?.count ?? 0
  } finally {
    await sql.end()
  }
}
