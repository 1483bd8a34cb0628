import type { Program } from '../subjects/program-server.js'

/** What a reader would pick instead of our servers: see `docs` of each for how it is written. */
export const peers: readonly Program[] = []
