import type {
  PageAttack,
  PageAttackEvent,
  PageProgress,
  TableProblem,
} from '@session-vs-jwt/hash-lab/browser'
import { onUnmounted, reactive } from 'vue'
import { cannotStart } from './hash-thread.js'

/** An attack on a stolen table, as it goes. */
export interface Attack {
  state: 'none' | 'running' | 'stopped' | 'done'
  progress: PageProgress | undefined
  /** By the line of the table. */
  readonly found: Map<number, string>
  problems: TableProblem[]
  failure: string
}

export interface AttackControls {
  readonly attack: Attack
  start(order: PageAttack): void
  stop(): void
  /** Stops, and forgets what was found. */
  clear(): void
}

const passwordWorker = (): Worker =>
  new Worker(new URL('./attack-worker.ts', import.meta.url), { type: 'module' })

/** Attacks in a Web Worker. Stopping ends the thread, whatever it does. */
export function useAttack(onOver: () => void, newWorker = passwordWorker): AttackControls {
  const attack = reactive<Attack>({
    state: 'none',
    progress: undefined,
    found: new Map(),
    problems: [],
    failure: '',
  })
  let worker: Worker | undefined

  const end = (state: Attack['state']): void => {
    worker?.terminate()
    worker = undefined
    attack.state = state
  }

  const clear = (): void => {
    end('none')
    Object.assign(attack, { progress: undefined, problems: [], failure: '' })
    attack.found.clear()
  }

  const hear = (event: PageAttackEvent): void => {
    switch (event.type) {
      case 'problem':
        attack.problems.push(event.problem)
        return
      case 'found':
        attack.found.set(event.line, event.password)
        return
      case 'progress':
        attack.progress = event
        return
      case 'end':
        attack.progress = event
        end('done')
        onOver()
    }
  }

  onUnmounted(() => end('none'))
  return {
    attack,
    clear,
    start: (order) => {
      clear()
      worker = newWorker()
      worker.addEventListener('message', ({ data }: MessageEvent<PageAttackEvent>) => hear(data))
      worker.addEventListener('error', () => {
        attack.failure = cannotStart().message
        end('none')
      })
      attack.state = 'running'
      worker.postMessage(order)
    },
    stop: () => {
      if (attack.state !== 'running') return
      end('stopped')
      onOver()
    },
  }
}
