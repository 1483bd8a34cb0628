import { existsSync } from 'node:fs'
import { chmod, copyFile, mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { unpackPackage } from '@session-vs-jwt/services'

/**
 * A wall clock that a test sets, for every process that is started with `env`: libfaketime answers in place
 * of the C library. Their monotonic clock, with which time spans are taken, goes on as ever.
 */
export class FakeClock {
  readonly #folder: string

  private constructor(folder: string) {
    this.#folder = folder
  }

  /** @throws {Error} where libfaketime is neither installed nor to be had from a Debian package */
  static async make(): Promise<FakeClock> {
    const library = await findLibrary()
    const folder = await mkdtemp(join(tmpdir(), 'session-vs-jwt-clock-'))
    // PostgreSQL may run as another account, which must find both.
    await chmod(folder, 0o755)
    const clock = new FakeClock(folder)
    await copyFile(library, clock.#library)
    await clock.set(0)
    return clock
  }

  get env(): Record<string, string> {
    return {
      // Before jemalloc, which Redis brings: it asks for the time before libfaketime can tell it.
      LD_PRELOAD: `${this.#library} libc.so.6`,
      FAKETIME_TIMESTAMP_FILE: this.#time,
      FAKETIME_NO_CACHE: '1',
      FAKETIME_DONT_FAKE_MONOTONIC: '1',
    }
  }

  /** Puts the clock so many seconds before or behind the right time. */
  async set(seconds: number): Promise<void> {
    const next = `${this.#time}.next`
    await writeFile(next, `${seconds < 0 ? '' : '+'}${seconds}\n`, { mode: 0o644 })
    // In one step: nobody reads half a number.
    await rename(next, this.#time)
  }

  async remove(): Promise<void> {
    await rm(this.#folder, { recursive: true, force: true })
  }

  get #library(): string {
    return join(this.#folder, 'libfaketime.so.1')
  }

  get #time(): string {
    return join(this.#folder, 'time')
  }
}

/** The library of the system, or that of an earlier call, or the distribution's package unpacked. */
async function findLibrary(): Promise<string> {
  const folder = '.workbench'
  const known = ['/', join(folder, `${PACKAGE}-package`)]
  for (const root of known) {
    const found = await libraryBelow(root)
    if (found !== undefined) return found
  }
  const root = await unpackPackage(PACKAGE, folder).catch(() => '')
  const unpacked = await libraryBelow(root)
  if (unpacked !== undefined) return unpacked
  throw new Error(`Clocks cannot be moved. Install the package ${PACKAGE} (Debian, Ubuntu).`)
}

const PACKAGE = 'libfaketime'

async function libraryBelow(root: string): Promise<string | undefined> {
  const libraries = join(root, 'usr/lib')
  const folders = await readdir(libraries).catch(() => [])
  const paths = folders.map((it) => join(libraries, it, 'faketime/libfaketimeMT.so.1'))
  return paths.find((it) => existsSync(it))
}
