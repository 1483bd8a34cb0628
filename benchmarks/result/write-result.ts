import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { WorkbenchError } from '@session-vs-jwt/workbench'
import { htmlReport } from '../report/html.js'
import { markdownReport } from '../report/markdown.js'
import { resultSchema } from './result-schema.js'
import type { Result } from './result.js'

/**
 * Writes the files of a result into `folder`, each whole or not at all: what an earlier call left stays
 * if this one fails.
 *
 * @throws {WorkbenchError} if there is no room, or nothing may be written there
 */
export function writeResult(folder: string, result: Result): void {
  const files = {
    'result.json': `${JSON.stringify(resultSchema.parse(result), null, 2)}\n`,
    'report.md': markdownReport(result),
    'report.html': htmlReport(result),
  }
  try {
    mkdirSync(folder, { recursive: true })
    for (const [name, text] of Object.entries(files)) writeWhole(join(folder, name), text)
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    const why = code === 'ENOSPC' ? 'there is no room on the disk' : message
    throw new WorkbenchError(
      `The result could not be written to ${folder}: ${why}.\n` +
        'What was written there before is kept. Make room, or choose another place with --out.',
    )
  }
}

function writeWhole(path: string, text: string): void {
  try {
    writeFileSync(`${path}.new`, text)
    renameSync(`${path}.new`, path)
  } catch (error) {
    rmSync(`${path}.new`, { force: true, recursive: true })
    throw error
  }
}
