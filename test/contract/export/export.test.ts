import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { openApiDocument, type ServerKind } from '@session-vs-jwt/http-contract'
import { describe, expect, test } from 'vitest'
import { endpointsPage } from './endpoints-page.js'
import { httpFile } from './http-file.js'
import { postmanCollection } from './postman-collection.js'
import { walk } from './walk.js'

/** Where `npm start` puts the servers. */
const BASE_URLS = { session: 'http://localhost:3001', jwt: 'http://localhost:3002' } as const
const FOLDER = fileURLToPath(new URL('../../../docs/contract/', import.meta.url))

describe.each<ServerKind>(['session', 'jwt'])('docs/contract/%s-server', (server) => {
  const file = `${FOLDER}${server}-server`
  const steps = walk(server)
  const collection = json(postmanCollection(server, steps, BASE_URLS[server]))

  test('.openapi.json is the document that the server serves', async () => {
    await expect(json(openApiDocument(server))).toMatchFileSnapshot(`${file}.openapi.json`)
  })

  test('.postman_collection.json is what is run here', async () => {
    await expect(collection).toMatchFileSnapshot(`${file}.postman_collection.json`)
  })

  test('.postman_collection.json holds no token and no password, and no id twice', () => {
    expect(collection).not.toMatch(/eyJ|Analytical/)
    const ids = [...collection.matchAll(/"(?:_postman_)?id": "([^"]+)"/g)].map(([, id]) => id)
    expect(ids.length).toBeGreaterThan(steps.length)
    expect(new Set(ids).size).toBe(ids.length)
  })

  test('.http is what is sent here', async () => {
    await expect(httpFile(server, steps, BASE_URLS[server])).toMatchFileSnapshot(`${file}.http`)
  })
})

describe('docs/contract/README.md', () => {
  const page = endpointsPage(BASE_URLS)

  test('is made of the contract', async () => {
    await expect(page).toMatchFileSnapshot(`${FOLDER}README.md`)
  })

  test('links to what there is', () => {
    const links = [...page.matchAll(/\]\(([^)]+)\)/g)].map(([, link = '']) => link)
    expect(links).toContain('strategies.md')
    // Those of this run are written at its end.
    const others = links.filter((link) => !/^(?:session|jwt)-server\./.test(link))
    expect(others.filter((link) => !existsSync(FOLDER + link))).toEqual([])
  })
})

function json(document: unknown): string {
  return `${JSON.stringify(document, null, 2)}\n`
}
