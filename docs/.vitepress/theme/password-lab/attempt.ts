import { type Ref, ref } from 'vue'
import { Stopped } from './hash-thread.js'

/** Whether work is under way, and what went wrong with the last one. */
export interface Attempts {
  readonly busy: Ref<boolean>
  readonly problem: Ref<string>
  attempt(work: () => Promise<void>): Promise<void>
}

/** One thing at a time; what it can't do is said instead of thrown. */
export function useAttempts(): Attempts {
  const busy = ref(false)
  const problem = ref('')
  const attempt = async (work: () => Promise<void>): Promise<void> => {
    if (busy.value) return
    busy.value = true
    problem.value = ''
    try {
      await work()
    } catch (error) {
      if (!(error instanceof Stopped)) problem.value = (error as Error).message
    } finally {
      busy.value = false
    }
  }
  return { busy, problem, attempt }
}
