import { v7 } from 'uuid'

/** A new identifier that grows with time (UUID version 7, RFC 9562). */
export type NewId = () => string

export const systemNewId: NewId = () => v7()
