// Passes on to PostgreSQL and Redis what comes, each piece after a delay: a store that is far away.
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { nap } from '../load/nap.js'

/** What the parent says. */
export type DelayMessage = { readonly targets: readonly number[] } | { readonly delayMs: number }

interface Piece {
  readonly dueAt: number
  readonly to: Socket
  /** None: the end of the connection. */
  readonly bytes: Buffer | undefined
}

/** A timer may be late by this much; what is left is waited for in naps. */
const TIMER_MS = 1.5

let delayMs = 0
const underWay: Piece[] = []
let passing = false

process.on('message', (message: DelayMessage) => {
  if ('delayMs' in message) delayMs = message.delayMs
  else void listen(message.targets)
})
process.on('disconnect', () => process.exit())
process.on('SIGINT', () => undefined)

async function listen(targets: readonly number[]): Promise<void> {
  const ports = await Promise.all(targets.map(listenFor))
  process.send?.({ ports })
}

function listenFor(target: number): Promise<number> {
  const server: Server = createServer({ noDelay: true }, (client) => {
    const store = connect({ port: target, host: '127.0.0.1', noDelay: true })
    pass(client, store, () => delayMs)
    // The way back takes no time: a question and its answer are delayed once.
    pass(store, client, () => 0)
  })
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port))
  })
}

function pass(from: Socket, to: Socket, delay: () => number): void {
  const later = (bytes: Buffer | undefined): void => {
    const ms = delay()
    if (ms === 0) return deliver({ dueAt: 0, to, bytes })
    underWay.push({ dueAt: performance.now() + ms, to, bytes })
    if (!passing) void passOn()
  }
  from.on('data', later)
  from.on('close', () => later(undefined))
  from.on('error', () => undefined)
}

async function passOn(): Promise<void> {
  passing = true
  for (let piece = underWay[0]; piece; piece = underWay[0]) {
    const left = piece.dueAt - performance.now()
    if (left > TIMER_MS) await sleep(left - TIMER_MS)
    else if (left > 0) await nap(left)
    else deliver(underWay.shift() as Piece)
  }
  passing = false
}

function deliver({ to, bytes }: Piece): void {
  if (bytes === undefined) to.destroy()
  else if (to.writable) to.write(bytes)
}
