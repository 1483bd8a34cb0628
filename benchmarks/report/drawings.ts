import type { ScenarioResult } from '../result/result.js'
import { bars } from './bars.js'
import type { Canvas } from './canvas.js'
import type { Drawing } from './drawing.js'
import { latencyCurves } from './latency-curves.js'
import { lines } from './lines.js'
import { timeLines } from './time-lines.js'

/** Every drawing that the figures of a scenario allow. */
export function drawingsOf(scenario: ScenarioResult, canvas: Canvas): Drawing[] {
  const [main] = scenario.metrics
  const overTime = timeLines(scenario, canvas)
  if (!main || overTime.length > 0) return overTime
  return [
    ...scenario.metrics.slice(0, 2).flatMap((metric) => lines(scenario, metric, canvas)),
    ...bars(scenario, main, canvas),
    ...latencyCurves(scenario, canvas),
  ]
}
