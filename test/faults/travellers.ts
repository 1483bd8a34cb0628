import { paths } from '@session-vs-jwt/http-contract'
import type { Registration } from '@session-vs-jwt/workbench'
import { Device, loggedIn, newAccount, type Reply, registered } from '../device.js'
import { type Answer, timed, until } from './load.js'
import { BACK_WITHIN_MS } from './promises.js'
import type { FaultServer } from './stack.js'

/** Somebody who goes through a change of the clock, with credentials from before it. */
export interface Traveller {
  readonly server: FaultServer
  readonly account: Registration
  readonly before: Device
  readonly renewing: Device
  /** Has sent too many wrong passwords. */
  readonly lockedOut: Registration
  /** A copy of what was logged out before. */
  readonly replayed: Device
  /** Logged in after the change. */
  meanwhile?: Device
  /** Posts that were acknowledged. */
  readonly titles: string[]
}

/** More than the limit of failed logins. */
const TRIES = 11

export async function newTraveller(server: FaultServer): Promise<Traveller> {
  const { device: before, account } = await registered(server)
  const leaving = await loggedIn(server, account)
  const replayed = leaving.copy()
  await leaving.logout()
  const { account: lockedOut } = await registered(server)
  for (let n = 0; n < TRIES; n += 1) {
    await new Device(server).login({ ...lockedOut, password: 'not the password' })
  }
  const renewing = await loggedIn(server, account)
  return { server, account, before, renewing, lockedOut, replayed, titles: [] }
}

/** Writes posts all the while; logs in again when told that the credential has ended, as people do. */
export function writesOf({ server, account, titles }: Traveller): () => Promise<Answer> {
  const { label } = server
  let device: Device | undefined
  return async () => {
    if (!device) {
      const newcomer = new Device(server)
      const login = await timed(`${label}: login`, async () => newcomer.login(account))
      if (login.status === 200) device = newcomer
      return login
    }
    const writer = device
    const title = `number ${titles.length}`
    const post = { title, body: 'x' }
    const answer = await timed(`${label}: post`, async () => writer.send('POST', paths.posts, post))
    if (answer.status === 201) titles.push(title)
    if (answer.status === 401) device = undefined
    return answer
  }
}

/** What the credentials of a traveller are worth while the clock is wrong. */
export async function lookAround(traveller: Traveller): Promise<Meanwhile> {
  const { server, account, before, renewing, lockedOut, replayed } = traveller
  const newcomer = new Device(server)
  const login = await newcomer.login(account)
  traveller.meanwhile = newcomer
  return {
    before: outcome(await before.whoami()),
    renewed: outcome(await renewing.renew()),
    login: outcome(login.status === 200 ? await newcomer.whoami() : login),
    lockedOut: outcome(await new Device(server).login(lockedOut)),
    replayed: outcome(await replayed.whoami()),
  }
}

/** And when it is right again. */
export async function lookBack({ before, meanwhile }: Traveller): Promise<Afterwards> {
  return {
    beforeAgain: outcome(await before.whoami()),
    meanwhileAgain: outcome(await (meanwhile as Device).whoami()),
  }
}

export interface Meanwhile {
  readonly before: string
  readonly renewed: string
  readonly login: string
  readonly lockedOut: string
  readonly replayed: string
}

export interface Afterwards {
  readonly beforeAgain: string
  readonly meanwhileAgain: string
}

/** The window of failed logins, in seconds. */
const LOCKED_OUT_S = 900

/** "200", "401 expired". */
function outcome({ status, body, headers }: Reply): string {
  if (status === 429 && Number(headers['retry-after']) > LOCKED_OUT_S) return '429 for too long'
  return status === 401 ? `401 ${String(body.code).replace('_credential', '')}` : String(status)
}

/** Milliseconds until somebody new can register, log in and write: both stores are written to. */
export async function writesAgain({ server }: Traveller, lateMs: number): Promise<number> {
  const works = async (): Promise<boolean> => {
    const newcomer = new Device(server)
    const account = newAccount()
    const registration = await newcomer.register(account)
    const login = await newcomer.login(account)
    const post = await sendPost(newcomer, 'first')
    return [registration, login, post].every(({ status }) => status === 200 || status === 201)
  }
  return until(`${server.label} writes again`, works, BACK_WITHIN_MS + lateMs)
}

const REFUSED_TITLE = 'refused'

export async function refusedPost({ server, meanwhile }: Traveller): Promise<Answer> {
  const name = `${server.label}: post, store paused`
  return timed(name, async () => sendPost(meanwhile as Device, REFUSED_TITLE))
}

async function sendPost(device: Device, title: string): Promise<Reply> {
  return device.send('POST', paths.posts, { title, body: 'x' })
}

/** Posts that were acknowledged and are not there, and those that were refused and are. */
export async function lostOrLate({ server, account, titles }: Traveller): Promise<string[]> {
  const reader = await loggedIn(server, account)
  const found = new Set<string>()
  let cursor: string | null = ''
  while (cursor !== null) {
    const query: string = `?limit=100${cursor && `&cursor=${encodeURIComponent(cursor)}`}`
    const { body }: Reply = await reader.send('GET', paths.posts + query)
    for (const { title } of body.posts) found.add(title)
    cursor = body.nextCursor
  }
  const { label } = server
  const lost = titles.filter((it) => !found.has(it)).map((it) => `${label}: lost ${it}`)
  return found.has(REFUSED_TITLE) ? [...lost, `${label}: a refused post is there`] : lost
}
