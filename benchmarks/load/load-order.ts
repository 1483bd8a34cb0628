/** A request that the load sends over and over, and the one answer that is right. */
export interface LoadRequest {
  readonly method: 'GET' | 'POST'
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  /** `$ID` in it is another name in each request: letters and digits that were never there before. */
  readonly body?: string
  readonly expected: {
    readonly status: number
    /** The whole body; any, if it is not given. */
    readonly body?: string
    /** Something in the body. */
    readonly contains?: string
  }
}

/** Seconds: a server that takes longer has failed. The slowest request here, a login under load, takes one. */
export const ANSWER_WITHIN = 10

/** What the generator is to send, and for how long. */
export interface LoadOrder {
  /** Where to: scheme, host and port. */
  readonly origin: string
  /** Dealt out over the connections, each of which repeats its own. */
  readonly requests: readonly LoadRequest[]
  readonly connections: number
  readonly seconds: number
  /**
   * Seconds before these, in which connections are opened and requests are sent, but nothing is counted yet. To open
   * them would be a part of what each request costs, and the greater one, the fewer answers there are. Not for a load
   * with an amount or a rate.
   */
  readonly leadIn?: number
  /** Ends after so many requests, however long they take. */
  readonly amount?: number
  /** Seconds after which a request counts as lost; {@link ANSWER_WITHIN} by default. */
  readonly answerWithin?: number
  /**
   * Requests a second, begun on time whether or not earlier ones were answered. Without it, each
   * connection sends its next request when the one before was answered.
   */
  readonly rate?: number
  /**
   * Each answer gives the credential for the next request of its connection, as a renewal or a rotation does. Each
   * connection begins with a request of its own.
   */
  readonly chain?: true
  /** The server is to see each request for the first time: if they run out, that is a wrong answer. */
  readonly neverTwice?: true
  /**
   * The generator does not sleep while it waits. To wake it is work of the one that writes to it: a server that
   * answers one request after the other would pay for that with every answer, one whose answers come together
   * because a store's did would not, and where clients are on machines of their own nobody does.
   */
  readonly awake?: true
}

/** Milliseconds, by percentile; a percentile is absent if there were too few answers for it. */
export interface Latency {
  readonly p50?: number | undefined
  readonly p90?: number | undefined
  readonly p99?: number | undefined
  readonly p999?: number | undefined
  readonly max?: number | undefined
}

/** What came of a load. */
export interface LoadReport {
  /** Whole answers, right or wrong. */
  readonly answers: number
  readonly seconds: number
  /** Answers that were not the expected ones, and requests that got none. */
  readonly wrong: number
  /** Of those, requests that got no whole answer: nobody listened, the connection broke, or it took too long. */
  readonly lost: number
  /** One of those, in words. */
  readonly wrongExample?: string
  readonly latency: Latency
  /** At a rate: how late requests were begun. */
  readonly lateness?: Latency
  /** Milliseconds of processor time that the generator used. */
  readonly generatorCpuMs: number
  /** The share of time in which the generator had something to do, 0 to 1; not known of one that was kept awake. */
  readonly generatorBusy?: number
}

/** Told when the lead-in is over. */
export type OnCounting = () => void

/** The same without what the generator tells of itself. */
export type LoadOutcome = Omit<LoadReport, 'generatorCpuMs' | 'generatorBusy'>
