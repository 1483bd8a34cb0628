// What a page shows of a result: no module of Node.js.
export type { Result, ScenarioResult } from '../result/result.js'
export { READ_VERSIONS } from '../result/result.js'
export type { Drawing } from './drawing.js'
export { drawingsOf } from './drawings.js'
export { machineLine, methodLines } from './facts.js'
export { footnotes, scenarioRows } from './scenario-rows.js'
export type { ScenarioRows } from './scenario-rows.js'
