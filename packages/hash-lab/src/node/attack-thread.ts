import { parentPort, workerData } from 'node:worker_threads'
import type { AttackControl } from '../attacker.js'
import { createAttacker } from '../dictionary-attack.js'
import { parseRule } from '../mangling-rules.js'
import type { AttackJob, ThreadMessage } from './attack-messages.js'
import { nativeHashes } from './native-hashes.js'
import type { Unit } from './unit-plan.js'
import { WordReader } from './word-range.js'

// The program of one thread: tries the words of each unit that it is sent.

const { thread, targets, rules, list, shared } = workerData as AttackJob
const stop = new Int32Array(shared.stop)
const guesses = new Float64Array(shared.guesses)
const post = (message: ThreadMessage): void => parentPort?.postMessage(message)

const control: AttackControl = {
  cracked: new Uint8Array(shared.cracked),
  shouldStop: () => Atomics.load(stop, 0) === 1,
  onGuesses: (count) => (guesses[thread] = (guesses[thread] as number) + count),
  onFound: (target, password) => post({ type: 'found', target, password }),
}
const reader = new WordReader(list)
const attacker = await createAttacker({
  targets,
  rules: rules.map(parseRule),
  hashes: nativeHashes,
  control,
})
let readingMs = 0

parentPort?.on('message', (unit: Unit) => void work(unit))
post({ type: 'ready', groups: attacker.groups })

async function work(unit: Unit): Promise<void> {
  let isComplete = true
  const lines = reader.lines(unit.from, unit.to)
  for (;;) {
    const startedAt = performance.now()
    const { value, done } = lines.next()
    readingMs += performance.now() - startedAt
    if (done) break
    isComplete = await attacker.tryWords(value, unit.fromGroup, unit.toGroup)
    if (!isComplete) break
  }
  const spent = { ...attacker.spent, reading: readingMs }
  post({ type: 'done', unit, isComplete, report: { spent, skippedWords: attacker.skippedWords } })
}
