/** A message with its padding and its length in one block: 64 bytes less 1 and 8. */
export const MAX_MESSAGE_BYTES = 55
export const SLOT_BYTES = 64
/** Candidates of one call: they, their digests and what the kernel works on stay in a core's cache. */
export const SLOTS = 1024

const VECTOR = 16
const MESSAGE = 16 * VECTOR
const MOST_GROUPS = 2

const AFTER_SLOTS = 4096 + SLOTS * 4 + SLOTS * SLOT_BYTES

interface Layout {
  /** The words of the messages that are being hashed, and how many bytes those of a group take. */
  readonly message: number
  readonly messageBytes: number
  readonly constants: number
  readonly initial: number
  readonly salt: number
  readonly hits: number
  readonly slots: number
  readonly digests: number
  readonly filter: number
}

/** Addresses in the kernel's memory. Constants and salt are stored four times over, for four lanes. */
export const LAYOUT: Layout = {
  message: 0,
  messageBytes: MESSAGE,
  constants: MOST_GROUPS * MESSAGE,
  initial: MOST_GROUPS * MESSAGE + 80 * VECTOR,
  salt: MOST_GROUPS * MESSAGE + 88 * VECTOR,
  hits: 4096,
  slots: 4096 + SLOTS * 4,
  digests: AFTER_SLOTS,
  filter: AFTER_SLOTS + SLOTS * 32,
}
