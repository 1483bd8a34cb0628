/** The present moment: a server, its stores and its tests read one clock. */
export type Clock = () => Date

export const systemClock: Clock = () => new Date()
