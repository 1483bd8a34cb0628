import type { LoadGenerator } from '../load/load-generator.js'
import type { LoadOrder, LoadReport, LoadRequest, OnCounting } from '../load/load-order.js'
import { BenchError } from '../runner/bench-error.js'
import type { Bench } from '../runner/bench.js'
import type { StartedServer } from './started-server.js'

/** What is sent to a server. */
export interface Load extends Omit<LoadOrder, 'origin' | 'requests'> {
  /**
   * Gives the requests to measure with, and those that warm the server up, if it has not seen such requests yet: the
   * same ones, or new ones of the same kind where no request may come twice. Of those, `count` are enough.
   */
  readonly requests: (count: number) => readonly LoadRequest[] | Promise<readonly LoadRequest[]>
  /** Of a server that has not seen such requests yet; `warmUpRequests` of the settings unless told. */
  readonly warmUpRequests?: number
  /** Answers may be other than the expected ones. */
  readonly mayRefuse?: true
}

/** Where processor time is compared: with fewer, the compiler's work is a part of it (decision 30). */
export function comparedWarmUp({ warmUpRequests }: Bench['settings']): number {
  return 3 * warmUpRequests
}

export type Loaded = Pick<StartedServer, 'url' | 'whileAlive'>

const WARM_WITHIN_SECONDS = 60
const LEAD_IN_SECONDS = 0.2
/** No server here answers as many requests. */
const MOST_PER_SECOND = 20_000

const warmKinds = new WeakMap<Loaded, Set<string>>()

/**
 * Sends a server requests until its code for them is compiled, unless it has seen such requests before. Returns what
 * sends those that are measured: they come from the same source, so that nothing else can have been warmed up.
 *
 * @throws {BenchError} if the source gave requests of two kinds, or the warm-up was not answered as expected
 */
export async function warmedUp(
  bench: Bench,
  server: Loaded,
  load: Load,
  generator: LoadGenerator = bench.generator,
): Promise<(onCounting?: OnCounting) => Promise<LoadReport>> {
  const { requests: source, warmUpRequests, mayRefuse, ...how } = load
  const amount = Math.max(load.connections, warmUpRequests ?? bench.settings.warmUpRequests)
  // Refusals are counted over the whole load, and belong to all of its answers.
  const isTimed = load.amount === undefined && load.rate === undefined && !mayRefuse
  const leadIn = isTimed ? LEAD_IN_SECONDS : 0
  const given = async (count: number) => server.whileAlive(Promise.resolve(source(count)))
  const send = (order: Omit<LoadOrder, 'origin'>, onCounting?: OnCounting): Promise<LoadReport> =>
    server.whileAlive(generator.run({ origin: server.url, ...order }, bench.signal, onCounting))

  // Before the warm-up, because what a source asks of the server for its requests is of another kind.
  const requests = await given(load.amount ?? (leadIn + load.seconds) * MOST_PER_SECOND)
  const kind = kindOf(requests, load)
  const seen = warmKinds.get(server) ?? new Set()
  warmKinds.set(server, seen)
  if (!seen.has(kind)) {
    const warming = await given(amount)
    if (kindOf(warming, load) !== kind) {
      throw new BenchError(
        `The server would be warmed up with ${kindOf(warming, load)}, but ${kind} is measured.`,
      )
    }
    const { rate: _paced, awake: _awake, ...same } = how
    const warmUp = { ...same, requests: warming, seconds: WARM_WITHIN_SECONDS, amount }
    checkWarmUp(await send(warmUp), { amount, mayRefuse })
    seen.add(kind)
  }
  return (onCounting) => send({ ...how, requests, ...(leadIn > 0 && { leadIn }) }, onCounting)
}

/** @throws {BenchError} if it was not answered as expected, or not whole */
function checkWarmUp(
  report: LoadReport,
  { amount, mayRefuse }: { amount: number; mayRefuse: true | undefined },
): void {
  if (!mayRefuse || report.lost > 0) allRight(report)
  if (report.answers < amount) {
    throw new BenchError(`The warm-up ended after ${report.answers} of ${amount} requests.`)
  }
}

/** The load on a server that is warm. @throws {BenchError} if an answer is not the expected one */
export async function runWarm(
  bench: Bench,
  server: Loaded,
  load: Load,
  generator: LoadGenerator = bench.generator,
): Promise<LoadReport> {
  const send = await warmedUp(bench, server, load, generator)
  return allRight(await send())
}

/** The load on a server whose code is not compiled yet: what a benchmark should not do. @throws {BenchError} as {@link runWarm} */
export async function runCold(
  bench: Bench,
  server: Loaded,
  order: Omit<LoadOrder, 'origin'>,
  generator: LoadGenerator,
): Promise<LoadReport> {
  const load = generator.run({ origin: server.url, ...order }, bench.signal)
  return allRight(await server.whileAlive(load))
}

/** @throws {BenchError} if an answer is not the expected one, or there is none */
export function allRight(report: LoadReport): LoadReport {
  if (report.wrong > 0) {
    throw new BenchError(
      `${report.wrong} of ${report.answers + report.lost} requests did not get the expected answer, such as: ` +
        `${report.wrongExample}`,
    )
  }
  if (report.answers === 0) throw new BenchError('No request was answered.')
  return report
}

/** What a server has to do for these requests, as far as their form tells. */
function kindOf(
  requests: readonly LoadRequest[],
  { chain, neverTwice }: Pick<Load, 'chain' | 'neverTwice'>,
): string {
  const forms = requests.map(({ method, path, headers, body }) => {
    const names = Object.entries(headers).map(([name, value]) =>
      name === 'authorization' ? `${name}: ${value.split(' ')[0]}` : name,
    )
    return [method, path, ...names, ...(body === undefined ? [] : ['body'])].join(' ')
  })
  const how = [...(chain ? ['in a chain'] : []), ...(neverTwice ? ['never twice'] : [])]
  return [...[...new Set(forms)].toSorted(), ...how].join(', ')
}
