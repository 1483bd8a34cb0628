import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { removeData } from '../src/index.js'

/** Registers what is to be done in the end: `onTestFinished`, or `afterAll` for a whole file. */
export type AtEnd = (work: () => Promise<void>) => void

/**
 * A folder that goes away in the end, with all data that services kept for it. Stop them before.
 * `mode` 0711 lets other accounts pass through, 0700 does not.
 */
export function temporaryFolder(atEnd: AtEnd = onTestFinished, mode = 0o711): string {
  const path = mkdtempSync(join(tmpdir(), 'services-test-'))
  chmodSync(path, mode)
  atEnd(async () => {
    await removeData(path)
    rmSync(path, { recursive: true, force: true })
  })
  return path
}
