import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { WorkbenchError } from '@session-vs-jwt/workbench'
import { resultSchema } from './result-schema.js'
import { READ_VERSIONS, type Result } from './result.js'

/**
 * Reads a result.
 *
 * @param path the folder of a result, or its `result.json`
 * @throws {WorkbenchError} if there is none, or one that this version does not understand
 */
export function readResult(path: string): Result {
  const file = isFolder(path) ? join(path, 'result.json') : path
  const json = parse(file)
  const version = (json as { version?: unknown } | null)?.version
  if (!READ_VERSIONS.some((it) => it === version)) {
    const what =
      version === undefined
        ? 'no result of "npm run bench"'
        : `of version ${JSON.stringify(version)}`
    throw new WorkbenchError(
      `${file} is ${what}; this reads versions ${READ_VERSIONS.join(' and ')}. Measure again with "npm run bench".`,
      2,
    )
  }
  const result = resultSchema.safeParse(json)
  if (result.success) return result.data
  const [issue] = result.error.issues
  const where = issue?.path.join('.') ?? ''
  throw new WorkbenchError(`${file} is damaged: ${where}: ${issue?.message ?? ''}`, 2)
}

function parse(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'))
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    const why = code === 'ENOENT' ? 'There is no such file' : message
    throw new WorkbenchError(`The result ${file} could not be read: ${why}.`, 2)
  }
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false
}
