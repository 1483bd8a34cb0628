import { reactive } from 'vue'
import type { Lane, Tokens } from './lane.js'

/** A copy of what a lane carried at some moment: what malware, a shared computer or a leaked log would get. */
export interface Loot {
  readonly cookie: string
  readonly tokens: Tokens
}

/** What the second browser holds, in each lane. */
export const loot = reactive<Record<string, Loot | undefined>>({})

export function steal({ server, cookie, tokens }: Lane): void {
  loot[server] = { cookie, tokens: { ...tokens } }
}
