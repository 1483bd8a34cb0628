import { once } from 'node:events'
import { existsSync, mkdirSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, describe, expect, it, onTestFinished } from 'vitest'
import {
  type Balancer,
  CHECK_USER_AGENT,
  findBalancerProgram,
  freePort,
  type ServerProgram,
  startBalancer,
} from '../../src/index.js'
import { balancerTag } from '../../src/balancer/balancer-place.js'
import { processesTagged } from '../../src/process/process-list.js'
import { waitUntil } from '../../src/process/wait-until.js'
import { OtherWorkbench } from '../other-workbench.js'
import { temporaryFolder } from '../temporary-folder.js'

const programs = temporaryFolder(afterAll)
const found = await findBalancerProgram({ folder: programs }).catch(console.warn)
const program = found as ServerProgram

/** The balancer has asked by then, and passed on what it was asked. */
const BY_CHECKS = { timeout: 10_000 }

/** As much of a server of the workbench as a balancer sees. */
class FakeInstance {
  readonly name: string
  isReady = true
  diesOfRequests = false
  /** Who asked, and for what; health checks apart. */
  readonly asked: string[] = []
  #release: () => void = () => {}
  readonly #server: Server

  constructor(name: string) {
    this.name = name
    this.#server = createServer((request, response) => {
      const { url = '', headers } = request
      if (url.startsWith('/health/') && headers['user-agent'] === CHECK_USER_AGENT) {
        response.writeHead(url === '/health/ready' && !this.isReady ? 503 : 200).end()
        return
      }
      this.asked.push(`${request.method} ${url}`)
      if (this.diesOfRequests) return void request.socket.destroy()
      const answer = (): void => void response.end(this.name)
      if (url === '/slow') this.#release = answer
      else answer()
    })
  }

  async listen(port = 0): Promise<number> {
    this.#server.listen(port, '127.0.0.1')
    await once(this.#server, 'listening')
    return (this.#server.address() as { port: number }).port
  }

  /** Answers the slow request that it has. */
  release(): void {
    this.#release()
  }

  close(): void {
    this.#server.close()
    this.#server.closeAllConnections()
  }
}

interface Setting {
  readonly url: string
  readonly balancer: Balancer
  readonly instances: readonly FakeInstance[]
  readonly addresses: readonly string[]
}

async function startThree(atEnd = onTestFinished, sticky = false): Promise<Setting> {
  const instances = ['a-1', 'a-2', 'a-3'].map((it) => new FakeInstance(it))
  const ports = await Promise.all(instances.map((it) => it.listen()))
  const addresses = ports.map((port) => `127.0.0.1:${port}`)
  const port = await freePort()
  const services = [
    {
      name: 'a',
      port,
      sticky,
      instances: instances.map(({ name }, index) => ({ name, address: addresses[index] ?? '' })),
    },
  ]
  const balancer = await startBalancer(program, { folder: temporaryFolder(atEnd), services })
  atEnd(async () => {
    await balancer.stop()
    instances.forEach((it) => it.close())
  })
  return { url: `http://127.0.0.1:${port}`, balancer, instances, addresses }
}

async function answers(url: string, count: number, init?: RequestInit): Promise<string[]> {
  const seen: string[] = []
  for (let sent = 0; sent < count; sent += 1) {
    const response = await fetch(url, init).catch(() => undefined)
    const body = await response?.text()
    seen.push(response?.ok ? (body ?? '') : String(response?.status ?? 'closed'))
  }
  return seen
}

describe.skipIf(!found)('a balancer', () => {
  it('goes round, and says who answered', async () => {
    const { url } = await startThree()
    expect((await answers(url, 6)).toSorted()).toEqual(['a-1', 'a-1', 'a-2', 'a-2', 'a-3', 'a-3'])
    const response = await fetch(url)
    expect(response.headers.get('x-served-by')).toBe(await response.text())
  })

  it('keeps a client with a cookie at its instance, if it is to', async () => {
    const { url, balancer } = await startThree(onTestFinished, true)
    const first = await fetch(url)
    const own = await first.text()
    const cookie = first.headers.getSetCookie()[0]?.split(';')[0] ?? ''
    expect(new Set(await answers(url, 6, { headers: { cookie } }))).toEqual(new Set([own]))
    // Not even the cookie leads to one that is taken out.
    await balancer.takeOut(own, 1_000)
    expect(await answers(url, 6, { headers: { cookie } })).not.toContain(own)
  })

  it('sends nothing to an instance that is not ready, until it is', async () => {
    const { url, balancer, instances } = await startThree()
    const [first] = instances as [FakeInstance]
    first.isReady = false
    await expect.poll(() => balancer.ready(), BY_CHECKS).toEqual(['a-2', 'a-3'])
    expect(await answers(url, 6)).not.toContain('a-1')
    first.isReady = true
    await expect.poll(() => balancer.ready(), BY_CHECKS).toEqual(['a-1', 'a-2', 'a-3'])
    await expect.poll(async () => answers(url, 3), BY_CHECKS).toContain('a-1')
  })

  it('asks all that live where none is ready: each answers what needs no store', async () => {
    const { url, balancer, instances } = await startThree()
    instances.forEach((it) => (it.isReady = false))
    await expect.poll(() => balancer.ready(), BY_CHECKS).toEqual([])
    expect(new Set(await answers(url, 6))).toEqual(new Set(['a-1', 'a-2', 'a-3']))
  })

  it('asks another one where an instance takes no connection', async () => {
    const { url, instances } = await startThree()
    instances[0]?.close()
    expect(await answers(url, 12, { method: 'POST', body: 'x' })).toEqual(
      expect.not.arrayContaining(['a-1', '502', '503']),
    )
  })

  it('asks another one where an instance dies with a GET; a POST may have been done', async () => {
    const { url, instances } = await startThree()
    for (const it of instances.slice(0, 2)) it.diesOfRequests = true
    expect(new Set(await answers(url, 6))).toEqual(new Set(['a-3']))
    const posts = await answers(url, 6, { method: 'POST', body: 'x' })
    // On a connection that has carried a request before, HAProxy says it by closing.
    expect(posts.filter((it) => it === '502' || it === 'closed')).not.toEqual([])
    const asked = instances.flatMap((it) => it.asked.filter((line) => line.startsWith('POST')))
    expect(asked).toHaveLength(6)
  })

  it('takes an instance out when it has answered what it has, and puts it back when it is ready', async () => {
    const { url, balancer, instances } = await startThree()
    const slow = fetch(`${url}/slow`).then((it) => it.text())
    await expect
      .poll(() => instances.find(({ asked }) => asked.length > 0), BY_CHECKS)
      .toBeDefined()
    const busy = instances.find(({ asked }) => asked.length > 0) as FakeInstance
    let isOut = false
    const out = balancer.takeOut(busy.name, 5_000).then((it) => (isOut = it))
    await sleep(200)
    expect(isOut).toBe(false)
    expect(await answers(url, 6)).not.toContain(busy.name)
    busy.release()
    expect([await slow, await out]).toEqual([busy.name, true])

    busy.isReady = false
    expect(await balancer.putBack(busy.name, 700)).toBe(false)
    expect(await answers(url, 6)).not.toContain(busy.name)
    busy.isReady = true
    expect(await balancer.putBack(busy.name, 2_000)).toBe(true)
    await expect.poll(async () => answers(url, 3), BY_CHECKS).toContain(busy.name)
  })

  it('says so where an instance does not come to an end', async () => {
    const { url, balancer, instances } = await startThree()
    const slow = fetch(`${url}/slow`)
    await expect
      .poll(() => instances.find(({ asked }) => asked.length > 0), BY_CHECKS)
      .toBeDefined()
    const busy = instances.find(({ asked }) => asked.length > 0) as FakeInstance
    expect(await balancer.takeOut(busy.name, 200)).toBe(false)
    busy.release()
    await slow
  })

  it('says in a problem document that there is nobody', async () => {
    const { url, instances } = await startThree()
    instances.forEach((it) => it.close())
    await expect.poll(async () => (await fetch(url)).status, BY_CHECKS).toBe(503)
    const response = await fetch(url)
    expect(response.headers.get('content-type')).toBe('application/problem+json')
    expect(response.headers.get('retry-after')).toBe('2')
    expect(await response.json()).toMatchObject({ status: 503, code: 'no_instance' })
  })

  it('tells when it has found all of them again, ready or not', async () => {
    const { url, balancer, instances, addresses } = await startThree()
    const names = instances.map(({ name }) => name)
    instances.forEach((it) => it.close())
    for (const name of names) {
      await expect.poll(async () => balancer.untilFound([name], 0), BY_CHECKS).toBe(false)
    }
    await Promise.all(
      instances.map(async (it, index) => {
        it.isReady = index > 0
        await it.listen(Number(new URL(`http://${addresses[index]}`).port))
      }),
    )
    expect(await balancer.untilFound(names, 5_000)).toBe(true)
    expect(await answers(url, 6)).not.toContain('503')
  })

  it('knows no instance of another name', async () => {
    const { balancer } = await startThree()
    await expect(balancer.takeOut('b-1', 100)).rejects.toMatchObject({ code: 'refused' })
  })

  it('lets what it has be answered when it is stopped', async () => {
    const { url, balancer, instances } = await startThree()
    const slow = fetch(`${url}/slow`).then((it) => it.text())
    await expect
      .poll(() => instances.find(({ asked }) => asked.length > 0), BY_CHECKS)
      .toBeDefined()
    const stopped = balancer.stop()
    await expect
      .poll(async () => fetch(url).then(String, () => 'refused'), BY_CHECKS)
      .toBe('refused')
    instances.forEach((it) => it.release())
    expect(await slow).toMatch(/^a-/)
    await stopped
    await balancer.exited
  })
})

describe.skipIf(!found)('a balancer that cannot start', () => {
  it('says that its port is in use', async () => {
    const { url, addresses } = await startThree()
    const port = Number(new URL(url).port)
    const instances = [{ name: 'b-1', address: addresses[0] ?? '' }]
    const folder = temporaryFolder()
    const second = startBalancer(program, {
      folder,
      services: [{ name: 'b', port, sticky: false, instances }],
    })
    await expect(second).rejects.toMatchObject({ code: 'start-failed' })
    await expect(second).rejects.toThrow(String(port))
    expect(processesTagged(balancerTag(folder))).toEqual([])
  })
})

describe.skipIf(!found)('the place of a balancer', () => {
  // A socket has a short path, and HAProxy's file a meaning for some characters.
  it.each(['far-down'.repeat(15), "it's #1 of all"])('may be in %s', async (name) => {
    const folder = join(temporaryFolder(), name)
    mkdirSync(folder)
    const services = [{ name: 'a', port: await freePort(), sticky: false, instances: [] }]
    const balancer = await startBalancer(program, { folder, services })
    expect(await balancer.ready()).toEqual([])
    await balancer.stop()
    expect(existsSync(balancer.config)).toBe(true)
  })

  it('is left alone by the death of its workbench: the balancer ends by itself', async () => {
    const folder = temporaryFolder()
    const other = new OtherWorkbench({ folder, names: ['balancer'], programFolder: programs })
    await other.says()
    expect(processesTagged(balancerTag(folder))).toHaveLength(1)
    await other.die()
    expect(await waitUntil(() => processesTagged(balancerTag(folder)).length === 0, 5_000)).toBe(
      true,
    )
  })
})
