import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { Bench } from '../runner/bench.js'
import { eachWith, type Opened, type Scenario, type Subject } from '../runner/scenario.js'
import type { Settings } from '../runner/settings.js'
import type { SigningOrder, SigningReport } from '../signing/signing-order.js'

const ALGORITHMS = {
  HS256: { algorithm: 'HS256', asString: false, title: 'HMAC with SHA-256' },
  RS256: { algorithm: 'RS256', asString: false, title: 'RSA, 2048 bits' },
  ES256: { algorithm: 'ES256', asString: false, title: 'ECDSA on P-256' },
  'HS256-string': {
    algorithm: 'HS256',
    asString: true,
    title: 'HMAC with SHA-256, the secret handed over as text',
  },
} as const

const OPERATIONS = [{ operation: 'sign' }, { operation: 'verify' }]

export const signing: Scenario = {
  id: 'signing',
  title: 'Signing and verifying',
  question:
    'What does a signature cost, made and checked? jsonwebtoken with keys that are made once; and with a ' +
    'secret handed over as text, which it tries to read as a public key at every call.',
  metrics: [
    { id: 'cpu', title: 'CPU each time', unit: 'µs', better: 'less' },
    { id: 'perSecond', title: 'times', unit: '/s', better: 'more' },
    { id: 'token', title: 'the token', unit: 'B', better: 'less' },
  ],
  reference: 'HS256',
  comparisons: () =>
    OPERATIONS.flatMap((condition) =>
      eachWith('HS256', Object.keys(ALGORITHMS), { metric: 'cpu', condition }),
    ),
  subjects: (settings) =>
    Object.keys(ALGORITHMS).map((id) => subject(id as keyof typeof ALGORITHMS, settings)),
}

function subject(id: keyof typeof ALGORITHMS, { seconds }: Settings): Subject {
  const { title, algorithm, asString } = ALGORITHMS[id]
  return {
    id,
    title,
    conditions: OPERATIONS,
    takes: { open: 0.2, measure: seconds * 0.7 },
    open: async (bench): Promise<Opened> => {
      const { jwt } = await bench.secrets(algorithm)
      const [jwk] = (JSON.parse(jwt['JWT_ACCESS_KEYS'] ?? '') as { keys: SigningOrder['jwk'][] })
        .keys
      if (!jwk) throw new Error('there is no key')
      const process = startProcess()
      return {
        measure: async ({ operation }) => {
          const order: SigningOrder = {
            algorithm,
            jwk,
            asString,
            operation: operation === 'sign' ? 'sign' : 'verify',
            seconds: seconds / 2,
          }
          const { times, seconds: took, cpuMs, tokenBytes } = await process.run(bench, order)
          const cpu = (cpuMs * 1_000) / times
          return { values: { cpu, perSecond: times / took, token: tokenBytes } }
        },
        close: async () => process.stop(),
      }
    },
  }
}

function startProcess() {
  const program = fileURLToPath(new URL('../signing/signing-process.js', import.meta.url))
  const child = fork(program, [], { detached: true, execArgv: [] })
  return {
    run: async ({ signal }: Bench, order: SigningOrder): Promise<SigningReport> => {
      child.send(order)
      const [report] = (await once(child, 'message', { signal })) as [SigningReport]
      return report
    },
    stop: async (): Promise<void> => {
      child.kill('SIGKILL')
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
    },
  }
}
