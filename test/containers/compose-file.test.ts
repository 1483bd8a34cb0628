import { describe, expect, test } from 'vitest'
import { compose, type Project } from './docker.js'

interface Service {
  readonly image?: string
  readonly build?: { readonly args: Record<string, string> }
  readonly command?: string[]
  readonly environment?: Record<string, string | null>
  readonly healthcheck?: object
  readonly restart?: string
  readonly ports?: { readonly host_ip?: string }[]
  readonly cap_drop?: string[]
}

const project: Project = { name: 'unused', env: {} }
const services = Object.entries(read())
const long = services.filter(([, { restart }]) => restart !== undefined)

function read(settings = {}): Record<string, Service> {
  const config = compose({ ...project, env: settings }, 'config', '--format', 'json')
  return (JSON.parse(config) as { services: Record<string, Service> }).services
}

describe('docker-compose.yml', () => {
  test('is taken by docker compose as it is, and has what was promised', () => {
    const names = ['balancer', 'jwt', 'jwt-instance', 'migrate', 'postgres', 'redis', 'secrets']
    expect(services.map(([name]) => name).toSorted()).toEqual([
      ...names,
      'session',
      'session-instance',
      'site',
    ])
  })

  test.each(long)('%s, which runs on, has a health check', (_name, { healthcheck }) => {
    expect(healthcheck).toHaveProperty('test')
  })

  test.each(services)(
    '%s is reached on the loopback address, or not at all',
    (_name, { ports }) => {
      expect((ports ?? []).filter(({ host_ip }) => host_ip !== '127.0.0.1')).toEqual([])
    },
  )

  test.each(services)('%s is given secrets by file, and none by value', (_name, service) => {
    const secrets = Object.entries(service.environment ?? {}).filter(([name]) =>
      /PASSWORD|SECRET$|KEYS$|_URL|SECRET_FILE/.test(name),
    )
    for (const [name, value] of secrets) {
      expect([name, value]).toEqual([
        expect.stringMatching(/_FILE$/),
        expect.stringMatching(/^\/secrets\//),
      ])
    }
    expect(JSON.stringify(service.command ?? [])).not.toMatch(/requirepass|--password/)
  })

  test('has images with a version, and takes others', () => {
    const official = read({
      POSTGRES_IMAGE: '',
      REDIS_IMAGE: '',
      NODE_IMAGE: '',
      HAPROXY_IMAGE: '',
    })
    const images = ['postgres', 'redis', 'balancer'].map((name) => official[name]?.image)
    images.push(official['secrets']?.build?.args['NODE_IMAGE'])
    expect(images).toEqual([
      'postgres:18-alpine',
      'redis:8-alpine',
      'haproxy:3.2-alpine',
      expect.stringMatching(/^node:\d+\.\d+\.\d+-/),
    ])
    expect(read({ REDIS_IMAGE: 'valkey/valkey:9-alpine' })['redis']?.image).toBe(
      'valkey/valkey:9-alpine',
    )
  })
})
