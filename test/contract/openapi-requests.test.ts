import { openApiDocument, type RequestName, requests } from '@session-vs-jwt/http-contract'
import { Ajv2020 } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import { describe, expect, test } from 'vitest'

const { schemas } = openApiDocument('session').components
// A branch of `oneOf` requires what its parent describes.
const ajv = new Ajv2020({ strict: true, strictRequired: false })
addFormats.default(ajv)

/** What the document says of a body, and what the server does with it. */
function verdicts(name: RequestName, body: unknown): { document: boolean; server: boolean } {
  const schema = schemas[name.charAt(0).toUpperCase() + name.slice(1)] ?? {}
  const server = requests[name].safeParse(body).success
  return { document: ajv.validate(schema, body), server }
}

const account = { nickname: 'Ada', email: 'ada@example.org', password: 'x' }
const [longest, longestTitle] = ['x'.repeat(5_000), 'x'.repeat(120)]

describe('the document and the server agree on', () => {
  test.each<[RequestName, boolean, unknown]>([
    ['registerRequest', true, account],
    ['registerRequest', true, { ...account, nickname: 'Анна-Мария' }],
    ['registerRequest', true, { ...account, email: 'A@Example.ORG' }],
    ['registerRequest', false, { ...account, nickname: 'a' }],
    ['registerRequest', false, { ...account, nickname: 'x'.repeat(33) }],
    ['registerRequest', false, { ...account, nickname: 'a__b' }],
    ['registerRequest', false, { ...account, email: 'nobody' }],
    ['registerRequest', false, { ...account, email: `${'a'.repeat(250)}@example.org` }],
    ['registerRequest', false, { ...account, email: 'ü@example.org' }],
    ['registerRequest', false, { ...account, password: 7 }],
    ['registerRequest', false, { ...account, admin: true }],
    ['registerRequest', false, { email: account.email, password: account.password }],
    ['registerRequest', false, []],
    ['updateMeRequest', true, { nickname: 'Ada' }],
    ['updateMeRequest', true, { password: 'new', currentPassword: 'old' }],
    ['updateMeRequest', false, {}],
    ['updateMeRequest', false, { password: 'new' }],
    ['updateMeRequest', false, { currentPassword: 'old' }],
    ['updateMeRequest', false, { nickname: 'Ada', currentPassword: 'old' }],
    ['updateMeRequest', false, { nickname: 'Ada', password: 'new', currentPassword: 'old' }],
    ['updateMeRequest', false, { nickname: null }],
    ['deleteMeRequest', true, { currentPassword: 'old' }],
    ['deleteMeRequest', false, {}],
    ['deleteMeRequest', false, { currentPassword: 'old', nickname: 'Ada' }],
    ['newPostRequest', true, { title: longestTitle, body: longest }],
    ['newPostRequest', true, { title: 'T', body: ' \n ' }],
    ['newPostRequest', false, { title: '', body: 'B' }],
    ['newPostRequest', false, { title: `${longestTitle}x`, body: 'B' }],
    ['newPostRequest', false, { title: 'T', body: '' }],
    ['newPostRequest', false, { title: 'T', body: `${longest}x` }],
    ['newPostRequest', false, { title: 'T', body: 'a\0b' }],
  ])('%s, taken: %j, %j', (name, taken, body) => {
    expect(verdicts(name, body)).toEqual({ document: taken, server: taken })
  })
})
