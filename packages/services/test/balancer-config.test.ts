import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { balancerConfig } from '../src/index.js'

const service = {
  name: 'session',
  port: 3001,
  sticky: false,
  instances: [{ name: 'session-1', address: '127.0.0.1:4001' }],
}
const place = { adminSocket: '/tmp/it' }

describe('the configuration of the balancer', () => {
  it('is in containers the same, but for where the instances are', () => {
    const file = new URL('../balancer/haproxy.cfg', import.meta.url)
    const inContainers = new Set(optionsOf(readFileSync(file, 'utf8')))
    const here = optionsOf(balancerConfig([service], place)).filter((line) => !isOfThisPlace(line))
    expect(here.filter((line) => !inContainers.has(line))).toEqual([])
    expect(here.length).toBeGreaterThan(25)
  })

  it('binds clients to an instance by a cookie only where it is asked to', () => {
    expect(balancerConfig([service], place)).not.toMatch(/cookie/)
    const sticky = balancerConfig([{ ...service, sticky: true }], place)
    expect(sticky).toMatch(/^ {2}cookie WORKBENCH_INSTANCE insert .*httponly/m)
    expect(sticky).toMatch(/^ {2}server session-1 127\.0\.0\.1:4001 cookie session-1$/m)
  })

  it('takes a path with what means something to HAProxy', () => {
    const config = balancerConfig([], { adminSocket: "/tmp/a b'c #d" })
    expect(config).toContain(String.raw`stats socket '/tmp/a b'\''c #d' mode 600`)
  })
})

function optionsOf(config: string): string[] {
  const lines = config.split('\n').map((line) => line.trim())
  return lines.filter((line) => line !== '' && !line.startsWith('#'))
}

/** A port, a process, an address, and how often a machine of one's own is asked. */
function isOfThisPlace(line: string): boolean {
  return /^(bind|server|default-server|stats socket|noreuseport)\b/.test(line)
}
