import { COMMON_PASSWORDS, serveAttacks, TUTORIAL_SECRETS } from '@session-vs-jwt/hash-lab/browser'

// Those of the tutorials first: they are few, and found in many a source.
serveAttacks(globalThis, [...TUTORIAL_SECRETS, ...COMMON_PASSWORDS])
