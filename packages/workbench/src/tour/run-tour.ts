import { describeFailure, describeSilence, type Failure } from '../client/failure.js'
import { type Exchange, NoAnswer } from '../client/http-exchange.js'
import { type Costs, readServerTiming } from '../client/server-timing.js'
import { type TourStep, tourSteps } from './steps.js'
import { newVisit, type TourStop, type Visit } from './visit.js'

/** What one step gave at one server. */
export interface StepResult {
  readonly step: string
  /** Undefined if nothing could be sent, or nothing came back. */
  readonly status?: number
  /** Undefined if the server does not tell. */
  readonly costs?: Costs
  readonly sentBytes?: number
  readonly receivedBytes?: number
  readonly failure?: Failure
}

/** The whole tour at one server. */
export interface StopResult {
  readonly stop: TourStop
  readonly steps: readonly StepResult[]
}

/** Takes the tour at every stop, step by step, never two requests at once. Does not throw. */
export async function runTour(
  stops: readonly TourStop[],
  signal?: AbortSignal,
): Promise<StopResult[]> {
  const visits = stops.map((stop) => ({ visit: newVisit(stop), steps: [] as StepResult[] }))
  for (const step of tourSteps) {
    for (const { visit, steps } of visits) {
      if (signal?.aborted) break
      steps.push(visit.isSilent ? silent(step) : await takeStep(step, visit))
    }
  }
  return visits.map(({ visit, steps }) => ({ stop: visit.stop, steps }))
}

export function hasFailed(results: readonly StopResult[]): boolean {
  return results.some(({ steps }) => steps.some(({ failure }) => failure !== undefined))
}

async function takeStep(step: TourStep, visit: Visit): Promise<StepResult> {
  const { name } = step
  let answer: Exchange | undefined
  try {
    answer = await step.send(visit)
  } catch (error) {
    if (!(error instanceof NoAnswer)) throw error
    // Whoever did not answer once is not waited for a dozen times.
    visit.isSilent = true
    return { step: name, failure: describeSilence(error) }
  }
  if (!answer) return { step: name, failure: NOTHING_TO_SEND }
  const costs = readServerTiming(answer.headers['server-timing'])
  const expected = step.expected(visit)(answer, visit)
  return {
    step: name,
    status: answer.status,
    sentBytes: answer.sentBytes,
    receivedBytes: answer.receivedBytes,
    ...(costs && { costs }),
    ...(expected !== undefined && { failure: describeFailure(answer, expected) }),
  }
}

function silent({ name }: TourStep): StepResult {
  return { step: name, failure: { came: 'nothing was sent', expected: 'a server that answers' } }
}

const NOTHING_TO_SEND: Failure = {
  came: 'nothing: an earlier step failed, and there was nothing to send',
  expected: 'that step to work',
}
