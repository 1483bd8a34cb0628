import { request } from 'node:http'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Site, startSite } from '../src/site/site.js'

let site: Site

beforeAll(async () => {
  const questions = {
    twice: (query: URLSearchParams) => ({ is: 2 * Number(query.get('n')) }),
    never: () => {
      throw new Error('a secret reason')
    },
  }
  site = await startSite(0, { describe: () => ({ pid: 7 }), questions })
})
afterAll(async () => site?.stop())

const get = async (path: string, headers: Record<string, string> = {}) =>
  new Promise<{ status: number; type: string; body: string }>((resolve, reject) => {
    request(site.url + path, { headers }, (response) => {
      let body = ''
      response.setEncoding('utf8').on('data', (text) => (body += text))
      response.on('end', () =>
        resolve({
          status: response.statusCode ?? 0,
          type: response.headers['content-type'] ?? '',
          body,
        }),
      )
    })
      .on('error', reject)
      .end()
  })

test('describes the workbench, and answers questions in JSON', async () => {
  expect(await get('/workbench.json')).toMatchObject({ status: 200, body: '{"pid":7}' })
  expect(await get('/workbench/twice?n=21')).toMatchObject({ status: 200, body: '{"is":42}' })
})

test('a question that fails is a 503 that says nothing of the reason', async () => {
  const { status, body } = await get('/workbench/never')
  expect(status).toBe(503)
  expect(body).not.toContain('secret')
})

describe('who may ask', () => {
  test.for([
    ['a foreign name for this machine', { host: 'evil.example' }, 421],
    ['a page of another site', { origin: 'https://evil.example' }, 403],
    ['a page on another port', { origin: 'http://localhost:1' }, 403],
    ['what another site embeds', { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'cors' }, 403],
    ['another port, by fetch', { 'sec-fetch-site': 'same-site', 'sec-fetch-mode': 'cors' }, 403],
    [
      'a link on another site',
      { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate' },
      200,
    ],
    [
      'its own page, by another spelling of the host',
      { host: 'LocalHost:80', origin: 'http://localhost' },
      200,
    ],
    ['its own page', { 'sec-fetch-site': 'same-origin', 'sec-fetch-mode': 'cors' }, 200],
  ] as const)('%s: %o gives %i', async ([, headers, status]) => {
    expect((await get('/workbench.json', headers)).status).toBe(status)
    if (status !== 200) expect((await get('/workbench/events', headers)).status).toBe(status)
  })
})

describe('the source', () => {
  test('is served as text', async () => {
    const { status, type, body } = await get('/source/packages/workbench/src/site/site.ts')
    expect([status, type]).toEqual([200, 'text/plain; charset=utf-8'])
    expect(body).toContain('export async function startSite')
  })

  test.for([
    '/source/.workbench/secrets/session.json',
    '/source/package.json',
    '/source/packages/../.gitignore',
    '/source/packages/%2e%2e/.gitignore',
    '/source/packages/..%2f.gitignore',
    '/source/docs/.vitepress/config.ts',
    '/source/packages/none.ts',
  ])('%s is not', async (path) => {
    expect((await get(path)).status).toBe(404)
  })
})

test('events: what there is comes first, then what is published', async () => {
  const { body } = await fetch(`${site.url}/workbench/events`)
  const reader = body?.pipeThrough(new TextDecoderStream()).getReader()
  const lines = async (): Promise<string> => (await reader?.read())?.value ?? ''
  let text = ''
  while (!text.includes('"pid":7')) text += await lines()
  expect(text).toContain('event:record')
  site.publish('request', { path: '/auth/whoami' })
  while (!text.includes('whoami')) text += await lines()
  expect(text).toContain('event:request')
  await reader?.cancel()
})
