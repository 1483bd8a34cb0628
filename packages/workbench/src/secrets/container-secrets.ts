import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { writePrivateText } from './private-file.js'
import { newSecret, newSigningKey } from './signing-key.js'

/** The files of one container, all made together: they speak of the same secret. */
interface SecretGroup {
  readonly folder: string
  readonly make: () => Promise<Readonly<Record<string, string>>> | Readonly<Record<string, string>>
}

const groups: readonly SecretGroup[] = [
  {
    folder: 'postgres',
    make: () => {
      const password = newSecret()
      return { password, url: `postgres://workbench:${password}@postgres:5432/workbench` }
    },
  },
  {
    folder: 'redis',
    make: () => {
      const password = newSecret()
      return { password, url: `redis://:${password}@redis:6379`, 'redis.conf': redisConf(password) }
    },
  },
  { folder: 'session', make: () => ({ 'cookie-secret': newSecret() }) },
  {
    folder: 'jwt',
    make: async () => ({ 'access-keys': await newKeySet(), 'refresh-keys': await newKeySet() }),
  },
]

/**
 * Writes what is missing below `root`, mode 0600, and returns the folders that it filled. A group is
 * there when its last file is.
 *
 * @throws {WorkbenchError} if a file cannot be written
 */
export async function writeContainerSecrets(root: string): Promise<string[]> {
  const made: string[] = []
  for (const { folder, make } of groups) {
    const mark = join(root, folder, 'complete')
    if (existsSync(mark)) continue
    for (const [name, text] of Object.entries(await make())) {
      writePrivateText(join(root, folder, name), `${text}\n`)
    }
    writePrivateText(mark, '')
    made.push(folder)
  }
  return made
}

async function newKeySet(): Promise<string> {
  return JSON.stringify({ keys: [await newSigningKey('HS256')] })
}

/** As a private Redis has it: what was acknowledged survives a kill. */
function redisConf(password: string): string {
  const lines = ['bind * -::*', `requirepass ${password}`, 'dir /data', 'save ""']
  return [...lines, 'appendonly yes', 'appendfsync no'].join('\n')
}
