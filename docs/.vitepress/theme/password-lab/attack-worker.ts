import { COMMON_PASSWORDS, serveAttacks } from '@session-vs-jwt/hash-lab/browser'

serveAttacks(globalThis, COMMON_PASSWORDS)
