import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, it, onTestFinished } from 'vitest'
import {
  type EmbeddedPostgres,
  type EmbeddedPostgresOptions,
  removeData,
  startEmbeddedPostgres,
} from '../../src/index.js'
import { postgresTag } from '../../src/postgres/postgres-command.js'
import { processesTagged, signal } from '../../src/process/process-list.js'
import { waitUntil } from '../../src/process/wait-until.js'
import { OtherWorkbench } from '../other-workbench.js'
import { endParentWatch } from '../parent-watch.js'
import { query, valueOf } from '../postgres-client.js'
import { temporaryFolder } from '../temporary-folder.js'

const WITHIN = { timeout: 20_000 }

// One folder for all: every start has to cope with what the test before it left.
const folder = temporaryFolder(afterAll)

describe('the first start', () => {
  it('heals what an interrupted one left', WITHIN, async () => {
    const draft = join(folder, 'postgres', 'draft-of-a-dead-initdb')
    mkdirSync(join(draft, 'base'), { recursive: true })
    writeFileSync(join(draft, 'PG_VERSION'), '18\n')
    const postgres = await started()
    expect(await valueOf(postgres.url, 'select 1')).toBe(1)
    const left = readdirSync(join(folder, 'postgres')).filter((name) => name.startsWith('draft'))
    expect(left).toEqual([])
  })
})

describe('when the workbench is killed', () => {
  it('PostgreSQL ends by itself', WITHIN, async () => {
    const { other } = await otherWorkbench()
    expect(tagged().length).toBeGreaterThan(3)
    await other.die()
    expect(await waitUntil(() => tagged().length === 0, 5_000)).toBe(true)
  })

  it('a paused PostgreSQL ends by itself too', WITHIN, async () => {
    const { other } = await otherWorkbench()
    for (const pid of tagged()) signal(pid, 'SIGSTOP')
    await other.die()
    expect(await waitUntil(() => tagged().length === 0, 5_000)).toBe(true)
  })

  it('one that lives on is stopped by the next start, which keeps the data', WITHIN, async () => {
    const { other, url } = await otherWorkbench()
    await query(url, 'create table kept as select 7 as n')
    endParentWatch(other.child.pid!)
    await other.die()
    const orphans = tagged()
    expect(orphans.length).toBeGreaterThan(3)
    const told: string[] = []
    const postgres = await started({ onProgress: (line) => told.push(line) })
    expect(told.join()).toContain('left behind')
    expect(tagged().filter((pid) => orphans.includes(pid))).toEqual([])
    expect(await valueOf(postgres.url, 'select n from kept')).toBe(7)
  })

  it('paused children of a dead server do not stand in the way', WITHIN, async () => {
    const { other } = await otherWorkbench()
    endParentWatch(other.child.pid!)
    const [server, ...children] = tagged()
    for (const pid of children) signal(pid, 'SIGSTOP')
    signal(server!, 'SIGKILL')
    await other.die()
    expect(tagged()).toEqual(children)
    const postgres = await started()
    expect(await valueOf(postgres.url, 'select 1')).toBe(1)
  })
})

describe('a later start', () => {
  it('refuses while another workbench lives, and does it no harm', WITHIN, async () => {
    const { other, url } = await otherWorkbench()
    const refused = startEmbeddedPostgres({ folder })
    await expect(refused).rejects.toMatchObject({ code: 'folder-in-use' })
    await expect(refused).rejects.toThrow(String(other.child.pid))
    await expect(removeData(folder)).rejects.toMatchObject({ code: 'folder-in-use' })
    expect(await valueOf(url, 'select 1')).toBe(1)
    await other.die()
    // The claim of the dead process is still there, and no longer counts.
    const [claim = ''] = readdirSync(join(folder, 'postgres.lock'))
    expect(claim).toContain(String(other.child.pid))
    await started()
  })

  it(
    'is not held up by a pid file whose pid has come round to another process',
    WITHIN,
    async () => {
      const first = await startEmbeddedPostgres({ folder })
      await first.kill()
      const left = readFileSync(inData('postmaster.pid'), 'utf8').split('\n')
      await first.stop()
      writeFileSync(inData('postmaster.pid'), [process.ppid, ...left.slice(1)].join('\n'))
      const again = await started()
      expect(await valueOf(again.url, 'select 1')).toBe(1)
    },
  )

  it('says what to do about data of another version', WITHIN, async () => {
    whileItIs(inData('PG_VERSION'), '12\n')
    const refused = startEmbeddedPostgres({ folder })
    await expect(refused).rejects.toMatchObject({ code: 'data-not-usable' })
    await expect(refused).rejects.toThrow('npm run reset')
  })

  it('says what to do about a lost password, and leaves nothing running', WITHIN, async () => {
    whileItIs(join(folder, 'postgres-password'), 'not-the-password\n')
    const refused = startEmbeddedPostgres({ folder })
    await expect(refused).rejects.toMatchObject({ code: 'data-not-usable' })
    await expect(refused).rejects.toThrow('npm run reset')
    expect(tagged()).toEqual([])
  })
})

describe('Ctrl-C', () => {
  it('leaves PostgreSQL to the workbench, which may still need it', WITHIN, async () => {
    const { other } = await otherWorkbench()
    other.interrupt()
    expect(await other.says()).toEqual({ answer: 42 })
    expect(await waitUntil(() => tagged().length === 0, 5_000)).toBe(true)
  })
})

async function otherWorkbench(): Promise<{ other: OtherWorkbench; url: string }> {
  onTestFinished(async () => void (await waitUntil(() => tagged().length === 0, 5_000)))
  const other = new OtherWorkbench({ folder, names: ['postgres'] })
  const { postgres: url = '' } = await other.says()
  return { other, url }
}

async function started(options: Partial<EmbeddedPostgresOptions> = {}): Promise<EmbeddedPostgres> {
  const postgres = await startEmbeddedPostgres({ folder, durable: false, ...options })
  onTestFinished(() => postgres.stop())
  return postgres
}

function inData(name: string): string {
  return join(folder, 'postgres', 'data', name)
}

function whileItIs(path: string, content: string): void {
  const original = readFileSync(path)
  writeFileSync(path, content)
  onTestFinished(() => writeFileSync(path, original))
}

// In the order of their pids: the server before its children.
function tagged(): number[] {
  const pids = processesTagged(postgresTag(folder)).map(({ pid }) => pid)
  return pids.toSorted((a, b) => a - b)
}
