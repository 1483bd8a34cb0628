import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { HashKernel } from '../src/kernel/hash-kernel.js'
import { MAX_MESSAGE_BYTES, SLOTS } from '../src/kernel/kernel-layout.js'
import {
  bytesOf,
  endingOf,
  type FastHash,
  MAX_ENDING_BYTES,
  MessageWriter,
  wordsOf,
} from '../src/kernel/message-slots.js'

const message = fc.uint8Array({ maxLength: MAX_MESSAGE_BYTES })

function digest(hash: FastHash, ...parts: Uint8Array[]): string {
  const hasher = createHash(hash)
  parts.forEach((part) => hasher.update(part))
  return hasher.digest('hex')
}

function digestOf(kernel: HashKernel, slot: number): string {
  const words = Array.from({ length: kernel.words }, (_, i) => kernel.digestWord(slot, i))
  return Buffer.from(bytesOf(words, kernel.hash)).toString('hex')
}

describe.each(['md5', 'sha1', 'sha256'] as const)('the %s kernel', (hash) => {
  const kernel = new HashKernel(hash)
  const write = (messages: readonly Uint8Array[], room = 0): void => {
    kernel.clear(SLOTS)
    writeAll(kernel, messages, room)
  }

  test('gives what node:crypto gives, for every length that fits', () => {
    const messages = Array.from({ length: MAX_MESSAGE_BYTES + 1 }, (_, length) =>
      new Uint8Array(length).fill(length + 120),
    )
    write(messages)
    kernel.run(messages.length)
    expect(messages.map((_, slot) => digestOf(kernel, slot))).toEqual(
      messages.map((it) => digest(hash, it)),
    )
  })

  test('gives what node:crypto gives, for any messages side by side', () => {
    fc.assert(
      fc.property(fc.array(message, { minLength: 1, maxLength: 40 }), (messages) => {
        write(messages)
        kernel.run(messages.length)
        messages.forEach((it, slot) => expect(digestOf(kernel, slot)).toBe(digest(hash, it)))
      }),
    )
  })

  test('puts one salt before all messages', () => {
    const salts = fc.uint8Array({ minLength: 1, maxLength: 20 })
    const short = fc.uint8Array({ maxLength: MAX_MESSAGE_BYTES - 20 })
    fc.assert(
      fc.property(salts, fc.array(short, { minLength: 1, maxLength: 20 }), (salt, messages) => {
        write(messages, salt.length)
        kernel.setSalt(salt)
        kernel.run(messages.length)
        messages.forEach((it, slot) => expect(digestOf(kernel, slot)).toBe(digest(hash, salt, it)))
      }),
    )
    kernel.setSalt(new Uint8Array())
  })

  test('lists every slot that holds a target’s message, and few others', () => {
    const messages = Array.from({ length: SLOTS }, (_, i) => Buffer.from(`password ${i}`))
    const wanted = [0, 3, 4, 7, 8, 500, SLOTS - 1]
    const firsts = wanted.map((i) => firstWord(hash, messages[i] as Buffer))
    const searching = new HashKernel(hash, firsts)
    writeAll(searching, messages, 0)
    const hits = [...searching.hits.subarray(0, searching.run(SLOTS))]
    expect(hits).toEqual(expect.arrayContaining(wanted))
    expect(hits.length).toBeLessThan(wanted.length + SLOTS / 50)
  })
})

/** The last bytes of each as its ending, now and then. */
function writeAll(kernel: HashKernel, messages: readonly Uint8Array[], room: number): void {
  const writer = new MessageWriter(kernel.slots, kernel.hash)
  messages.forEach((it, slot) => {
    const end = Math.max(0, it.length - (slot % (MAX_ENDING_BYTES + 1)))
    const view = new DataView(it.buffer, it.byteOffset, it.byteLength)
    writer.write(slot, room, view, 0, end, endingOf(it.subarray(end)))
    expect(writer.length(slot)).toBe(room + it.length)
  })
}

function firstWord(hash: FastHash, text: Buffer): number {
  return wordsOf(createHash(hash).update(text).digest(), hash)[0] as number
}
