import { onMounted, type Ref, ref, watch } from 'vue'

/** A value of a page that is still there after a reload; in a private window that keeps nothing, `first`. */
export function useKept<T>(name: string, first: T): Ref<T> {
  const key = `session-vs-jwt-${name}`
  const value = ref(first) as Ref<T>
  onMounted(() => {
    value.value = (read(key) as T | undefined) ?? first
    watch(value, (it) => write(key, it), { deep: true })
  })
  return value
}

function read(key: string): unknown {
  try {
    return JSON.parse(localStorage.getItem(key) ?? 'null') ?? undefined
  } catch {
    return undefined
  }
}

function write(key: string, value: unknown): void {
  try {
    localStorage.setItem(key, JSON.stringify(value))
  } catch {
    // Full, or not allowed: the page works without.
  }
}
