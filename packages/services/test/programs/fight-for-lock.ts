// Takes the lock of its first argument again and again, and gives it back, or leaves it as a process that was
// killed would. Prints how often it held the lock, and how often somebody else held it at the same time.
import { readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { acquireLock } from '../../src/process/folder-lock.js'

const [path = '', attempts = ''] = process.argv.slice(2)
let held = 0
let together = 0
for (let attempt = 0; attempt < Number(attempts); attempt += 1) {
  try {
    const lock = acquireLock(path, 'a test')
    held += 1
    stayInside()
    if (held % 2 === 0) lock.release()
    else leaveAsKilled()
  } catch (error) {
    if ((error as { code?: string }).code !== 'folder-in-use') throw error
  }
}
console.log(JSON.stringify({ held, together }))

function stayInside(): void {
  const inside = `${path}.inside`
  try {
    writeFileSync(inside, '', { flag: 'wx' })
    rmSync(inside)
  } catch {
    together += 1
  }
}

function leaveAsKilled(): void {
  for (const claim of readdirSync(path)) writeFileSync(join(path, claim), '4194999 1\n')
}
