import { paths } from '@session-vs-jwt/http-contract'
import { hasBody, hasStatus } from '@session-vs-jwt/workbench'
import type { Answer, Device } from '../../device.js'
import type { Row } from '../suite/row.js'
import { expectAnswer, expectThat, hasCode } from '../suite/row-failure.js'

/** A NUL, half of a UTF-8 sequence, an overlong one, half of an escape, and no hexadecimal digits. */
const UNDECODABLE = ['%00', '%E0%A4%A', '%C0%AF', '%4', '%zz']

/** `GET /users`, and the posts: own ones only. */
export const resourceRows: readonly Row[] = [
  {
    id: 'users/paged',
    title: 'users are paged by cursor, each once, with id and nickname only',
    read: ['OWASP API Security Top 10, API3 (property level authorization)', 'RFC 4648, section 5'],
    run: async (t) => {
      const { account } = await t.registered()
      const { device } = await t.registered()
      const seen: string[] = []
      let last: Answer
      let cursor: string | null = null
      do {
        const query: string = cursor === null ? '' : `&cursor=${cursor}`
        last = await device.send('GET', `${paths.users}?limit=100${query}`)
        expectAnswer(last, hasStatus(200), hasBody('userPage'))
        const { users, nextCursor } = last.body
        seen.push(...users.map(({ nickname }: { nickname: string }) => nickname))
        // Looked at page by page: pages that bring nobody new might never end.
        expectThat(new Set(seen).size === seen.length, 'nobody twice', last)
        expectThat(nextCursor === null || users.length > 0, 'somebody, or no next page', last)
        cursor = nextCursor
      } while (cursor !== null && seen.length < 100_000)
      expectThat(seen.includes(account.nickname), `${account.nickname} among them`, last)
    },
  },
  {
    id: 'posts/written-and-read',
    title: 'a post is written (201, Location), read, listed, deleted (204), and then gone',
    read: ['RFC 9110, section 15.3.2'],
    run: async (t) => {
      const { device } = await t.registered()
      const post = await device.send('POST', paths.posts, { title: 'First', body: 'Text' })
      expectAnswer(post, hasStatus(201), hasBody('post', 'post'))
      const { location } = post.headers
      const wanted = `${paths.posts}/${post.body.post.id}`
      const leadsThere = location?.endsWith(wanted) === true
      expectThat(leadsThere, `Location: ${wanted}`, post, `Location: ${location}`)
      const read = await device.send('GET', wanted)
      expectAnswer(read, hasStatus(200))
      const same = JSON.stringify(post.body)
      expectThat(JSON.stringify(read.body) === same, same, read)
      const list = await device.send('GET', paths.posts)
      expectAnswer(list, hasStatus(200), hasBody('postPage'))
      expectThat(JSON.stringify(list.body.posts) === `[${same.slice(8, -1)}]`, 'that post', list)
      expectAnswer(await device.send('DELETE', wanted), hasStatus(204))
      for (const method of ['GET', 'DELETE']) {
        expectAnswer(await device.send(method, wanted), hasStatus(404), hasCode('not_found'))
      }
    },
  },
  {
    id: 'posts/own-only',
    title: 'another user’s post is a 404, not listed, and not deleted',
    read: ['OWASP API Security Top 10, API1 (object level authorization)', 'CWE-639'],
    run: async (t) => {
      const [ann, bob] = [await t.registered(), await t.registered()]
      const path = await writtenPost(ann.device, 'Mine')
      for (const method of ['GET', 'DELETE']) {
        expectAnswer(await bob.device.send(method, path), hasStatus(404), hasCode('not_found'))
      }
      const list = await bob.device.send('GET', paths.posts)
      expectThat(list.body.posts?.length === 0, 'an empty list', list)
      expectAnswer(await ann.device.send('GET', path), hasStatus(200))
    },
  },
  {
    id: 'posts/paged',
    title: 'posts are paged by cursor, the newest first',
    read: ['RFC 4648, section 5'],
    run: async (t) => {
      const { device } = await t.registered()
      for (const title of ['1', '2', '3']) await writtenPost(device, title)
      const first = await device.send('GET', `${paths.posts}?limit=2`)
      expectAnswer(first, hasStatus(200), hasBody('postPage'))
      const query = `limit=2&cursor=${first.body.nextCursor}`
      const rest = await device.send('GET', `${paths.posts}?${query}`)
      expectAnswer(rest, hasStatus(200), hasBody('postPage'))
      const whole = await device.send('GET', `${paths.posts}?limit=3`)
      expectThat(whole.body.nextCursor === null, 'no cursor behind a last page that is full', whole)
      const titles = [...first.body.posts, ...rest.body.posts].map(({ title }) => title).join()
      const isRight = titles === '3,2,1' && rest.body.nextCursor === null
      expectThat(isRight, 'the titles 3,2 then 1, and no cursor behind them', rest, titles)
    },
  },
  ...([paths.users, paths.posts] as const).map((path): Row => ({
    id: `${path.slice(1)}/changed-cursor`,
    title: `a cursor of GET ${path} is taken exactly as the server gave it; a changed one is a 400`,
    read: ['RFC 4648, section 3.5 (canonical encoding)', 'OWASP ASVS 5.0, 2.2.1'],
    run: async (t) => {
      const { device } = await t.registered()
      await t.registered()
      for (const title of ['1', '2']) await writtenPost(device, title)
      const first = await device.send('GET', `${path}?limit=1`)
      expectAnswer(first, hasStatus(200))
      const cursor: string = first.body.nextCursor
      const query = (it: string): string => `${path}?limit=1&cursor=${encodeURIComponent(it)}`
      expectAnswer(await device.send('GET', query(cursor)), hasStatus(200))
      for (const changed of [
        `'${cursor}`,
        `${cursor}'`,
        `${cursor}=`,
        ` ${cursor}`,
        `${cursor}A`,
      ]) {
        const answer = await device.send('GET', query(changed))
        expectAnswer(answer, hasStatus(400), hasCode('validation_failed'))
      }
    },
  })),
  ...[
    `${paths.users}?limit=0`,
    `${paths.users}?limit=101`,
    `${paths.users}?limit=a`,
    `${paths.users}?limit=1&limit=2`,
    `${paths.users}?cursor=***`,
    `${paths.users}?cursor=AA`,
    `${paths.users}?cursor=`,
    `${paths.users}?cursor=%27;drop`,
    `${paths.posts}?cursor=YWJj`,
    `${paths.posts}?cursor=%27;drop`,
    `${paths.posts}?unknown=1`,
  ].map((path): Row => ({
    id: `input/query-${path.slice(1)}`,
    title: `GET ${path} is a 400 that names the parameter`,
    read: ['RFC 9110, section 15.5.1'],
    run: async (t) => {
      const { device } = await t.registered()
      const answer = await device.send('GET', path)
      expectAnswer(answer, hasStatus(400), hasCode('validation_failed'))
      const field = /\?(\w+)/.exec(path)?.[1]
      const named = answer.body.errors?.map((it: { field: string }) => it.field)
      expectThat(named?.includes(field) === true, `an error for "${field}"`, answer)
    },
  })),
  ...UNDECODABLE.map((id): Row => ({
    id: `posts/none-at-${id}`,
    title: `a path that cannot be decoded (${id}) names no post: 404, or 400 as many proxies answer`,
    read: ['RFC 3986, section 2.1', 'RFC 9110, sections 15.5.1 and 15.5.5'],
    run: async (t) => {
      const { device } = await t.registered()
      const answer = await device.send('GET', `${paths.posts}/${id}`)
      expectAnswer(answer, hasStatus(400, 404))
      if (answer.status === 404) expectAnswer(answer, hasCode('not_found'))
    },
  })),
  ...['abc', '00000000-0000-4000-8000-000000000000'].map((id): Row => ({
    id: `posts/none-at-${id}`,
    title: `what is no id of a post (${id}) names none: 404`,
    read: ['RFC 9110, section 15.5.5'],
    run: async (t) => {
      const { device } = await t.registered()
      const answer = await device.send('GET', `${paths.posts}/${id}`)
      expectAnswer(answer, hasStatus(404), hasCode('not_found'))
    },
  })),
]

async function writtenPost(device: Device, title: string): Promise<string> {
  const answer = await device.send('POST', paths.posts, { title, body: 'Nobody else reads it.' })
  expectAnswer(answer, hasStatus(201))
  return `${paths.posts}/${answer.body.post?.id}`
}
