export { type Choice, type ChoiceFacts, choicesOf, type Figures, USUAL_FIGURES } from './choice.js'
export {
  type Assumptions,
  assumptions,
  type Kept,
  type Need,
  needOf,
  type ScaleRecord,
  type StoreCost,
  type StrategyFacts,
} from './need.js'
