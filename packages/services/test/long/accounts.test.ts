import { chownSync, existsSync, mkdirSync, readFileSync, readdirSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it, onTestFinished } from 'vitest'
import { inspectServices, removeData, startEmbeddedPostgres } from '../../src/index.js'
import { postgresTag } from '../../src/postgres/postgres-command.js'
import { copyBinaries, installedBinaries, tryRun } from '../../src/postgres/postgres-binaries.js'
import { choosePlace } from '../../src/postgres/postgres-place.js'
import { type Account, canEnter, isRoot, unprivilegedAccount } from '../../src/process/account.js'
import { processesTagged } from '../../src/process/process-list.js'
import { OtherWorkbench, type Said } from '../other-workbench.js'
import { valueOf } from '../postgres-client.js'
import { temporaryFolder } from '../temporary-folder.js'

const WITHIN = { timeout: 20_000 }
const nobody = isRoot() ? unprivilegedAccount('nobody:x:65534:65534:::') : undefined
const canReadClone = canEnter(fileURLToPath(new URL('.', import.meta.url)), nobody)

describe('an account for the server', () => {
  it('is postgres, else nobody', () => {
    const others = 'root:x:0:0::/root:/bin/sh\nnobody:x:65534:65533::/:/bin/false\n'
    expect(unprivilegedAccount(others)).toEqual({ uid: 65_534, gid: 65_533 })
    const all = `${others}postgres:x:101:104::/:/bin/sh\n`
    expect(unprivilegedAccount(all)).toEqual({ uid: 101, gid: 104 })
    expect(() => unprivilegedAccount('root:x:0:0::/root:/bin/sh\n')).toThrow('DATABASE_URL')
  })
})

describe('the copy of the programs', () => {
  it('runs by itself, where those of node_modules do not', WITHIN, () => {
    const folder = temporaryFolder()
    const place = { ...choosePlace(folder, false), binaries: join(folder, 'binaries') }
    copyBinaries(installedBinaries(), place.binaries)
    expect(tryRun(place.binaries, place.account)?.postgres).toContain(folder)
    const files = readdirSync(place.binaries, { recursive: true, withFileTypes: true })
    const links = files.filter((file) => file.isSymbolicLink())
    for (const { name, parentPath } of links) expect(existsSync(join(parentPath, name))).toBe(true)
  })
})

describe.runIf(isRoot())('as root', () => {
  it('keeps data elsewhere if that account cannot reach the folder', WITHIN, async () => {
    const closed = temporaryFolder(onTestFinished, 0o700)
    const folder = join(closed, 'below')
    onTestFinished(() => removeData(folder))
    const { root, data } = choosePlace(folder, true)
    expect(root).toMatch(/^\/var\/lib\//)
    expect(choosePlace(folder, false).root.startsWith(tmpdir())).toBe(true)
    await whileRunning(folder, (url) => valueOf(url, 'create table kept as select 7 as n'), true)
    expect(readFileSync(join(root, 'made-for'), 'utf8').trim()).toBe(folder)
    expect(statSync(data).mode & 0o777).toBe(0o700)
    const found = await inspectServices({ folder })
    expect(found.postgres.what).toContain(data)
    await whileRunning(
      folder,
      async (url) => {
        expect(await valueOf(url, 'select n from kept')).toBe(7)
      },
      true,
    )
    await removeData(folder)
    expect(existsSync(root)).toBe(false)
  })

  it('does not walk into a place that someone else has prepared', async () => {
    const folder = join(temporaryFolder(onTestFinished, 0o700), 'below')
    const { root } = choosePlace(folder, false)
    onTestFinished(() => removeData(folder))
    mkdirSync(join(root, 'data'), { recursive: true })
    for (const path of [root, join(root, 'data')]) chownSync(path, 65_534, 65_534)
    const refused = startEmbeddedPostgres({ folder, durable: false })
    await expect(refused).rejects.toMatchObject({ code: 'folder-not-usable' })
  })
})

describe.runIf(nobody && canReadClone)('as an ordinary user', () => {
  it('runs all as that user; root may come by in between', WITHIN, async () => {
    const folder = temporaryFolder()
    chownSync(folder, nobody!.uid, nobody!.gid)
    const { other, said } = await startAs(nobody!, folder)
    expect(said.uid).toBe(nobody!.uid)
    await valueOf(said.postgres!, 'create table kept as select 7 as n')
    for (const { pid } of processesTagged(postgresTag(folder))) {
      expect(statSync(`/proc/${pid}`).uid).toBe(nobody!.uid)
    }
    await other.interruptAndLeave()
    await whileRunning(folder, async (url) => {
      expect(await valueOf(url, 'select n from kept')).toBe(7)
    })
    const again = await startAs(nobody!, folder)
    expect(await valueOf(again.said.postgres!, 'select n from kept')).toBe(7)
    await again.other.interruptAndLeave()
  })

  it("is told that another user's folder is not for it", WITHIN, async () => {
    const { said } = await startAs(nobody!, temporaryFolder())
    expect(said.code).toBe('folder-not-usable')
  })
})

async function whileRunning(
  folder: string,
  work: (url: string) => Promise<unknown>,
  durable = false,
): Promise<void> {
  const postgres = await startEmbeddedPostgres({ folder, durable })
  try {
    await work(postgres.url)
  } finally {
    await postgres.stop()
  }
}

async function startAs(
  account: Account,
  folder: string,
): Promise<{ other: OtherWorkbench; said: Said }> {
  const other = new OtherWorkbench({ folder, names: ['postgres'], account })
  return { other, said: await other.says() }
}
