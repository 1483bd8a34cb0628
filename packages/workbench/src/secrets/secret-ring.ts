import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { WorkbenchError } from '../workbench-error.js'
import { readPrivateJson, writePrivateJson } from './private-file.js'
import {
  JWT_ALGORITHMS,
  type JwtAlgorithm,
  newSecret,
  newSigningKey,
  type SigningJwk,
} from './signing-key.js'

/** Keys for one purpose, the newest first: it signs, and all of them verify. */
interface Ring<Key> {
  readonly file: string
  readonly newKey: () => Key | Promise<Key>
}

/** The key of today, and the one before it: what that one signed stays valid. */
const KEPT = 2

const cookieRing: Ring<string> = { file: 'session-cookie.json', newKey: newSecret }

function tokenRing(type: 'access' | 'refresh', alg: JwtAlgorithm): Ring<SigningJwk> {
  return { file: `jwt-${type}-${alg.toLowerCase()}.json`, newKey: () => newSigningKey(alg) }
}

function allRings(): Ring<string | SigningJwk>[] {
  const tokens = JWT_ALGORITHMS.flatMap((alg) => [
    tokenRing('access', alg),
    tokenRing('refresh', alg),
  ])
  return [cookieRing, ...tokens]
}

/** The secrets of both servers, as settings of their environment. */
export interface ServerSecrets {
  readonly session: Readonly<Record<string, string>>
  readonly jwt: Readonly<Record<string, string>>
}

/** The secrets in `folder`; those that are missing are made, each for one purpose only. */
export async function serverSecrets(folder: string, alg: JwtAlgorithm): Promise<ServerSecrets> {
  const [current = '', previous] = await keysOf(folder, cookieRing)
  return {
    session: {
      SESSION_COOKIE_SECRET: current,
      ...(previous !== undefined && { SESSION_COOKIE_PREVIOUS_SECRET: previous }),
    },
    jwt: {
      JWT_ACCESS_KEYS: JSON.stringify({ keys: await keysOf(folder, tokenRing('access', alg)) }),
      JWT_REFRESH_KEYS: JSON.stringify({ keys: await keysOf(folder, tokenRing('refresh', alg)) }),
    },
  }
}

/** Gives every ring in `folder` a new key, and returns the names of the files that changed. */
export async function rotateSecrets(folder: string): Promise<string[]> {
  const rings = allRings().filter(({ file }) => existsSync(join(folder, file)))
  for (const ring of rings) {
    const keys = await keysOf(folder, ring)
    writePrivateJson(join(folder, ring.file), [await ring.newKey(), ...keys].slice(0, KEPT))
  }
  return rings.map(({ file }) => file)
}

async function keysOf<Key>(folder: string, ring: Ring<Key>): Promise<Key[]> {
  const path = join(folder, ring.file)
  const found = readPrivateJson(path)
  if (Array.isArray(found) && found.length > 0) return found as Key[]
  if (found !== undefined) {
    throw new WorkbenchError(
      `The file of secrets ${path} holds no keys. Remove it: it is made anew.`,
    )
  }
  const keys = [await ring.newKey()]
  writePrivateJson(path, keys)
  return keys
}
