import { SingleBar } from 'cli-progress'
import { about, duration } from '../figures.js'

/** What is done in a second or less needs no bar. */
const SHOWN_AFTER_MS = 1_000
const LINE_EVERY_MS = 10_000

interface ProgressStep {
  /** From 0 to 1. */
  readonly fraction: number
  readonly seconds: number
  readonly guesses?: number
  readonly note?: string
}

/** A bar on the error stream, or a line now and then where that is no terminal. */
export interface Progress {
  update(step: ProgressStep): void
  stop(): void
}

export function progress(title: string): Progress {
  const bar = new SingleBar({
    format: `${title} {bar} {percentage} %  {rate}left {left}  {note}`,
    stream: process.stderr,
    barsize: 24,
    hideCursor: true,
    clearOnComplete: true,
    noTTYOutput: true,
    notTTYSchedule: LINE_EVERY_MS,
    barCompleteChar: '█',
    barIncompleteChar: '░',
    linewrap: false,
  })
  let isShown = false
  return {
    update: (step) => {
      if (!isShown && step.seconds * 1000 < SHOWN_AFTER_MS) return
      if (!isShown) bar.start(100, 0, texts(step))
      isShown = true
      bar.update(Math.floor(step.fraction * 100), texts(step))
    },
    stop: () => {
      if (isShown) bar.stop()
    },
  }
}

function texts({ fraction, seconds, guesses, note = '' }: ProgressStep): Record<string, string> {
  const left = fraction > 0 ? duration((seconds / fraction) * (1 - fraction)) : '–'
  const rate = guesses === undefined ? '' : `${about(guesses / seconds)} guesses/s  `
  return { left, rate, note }
}
