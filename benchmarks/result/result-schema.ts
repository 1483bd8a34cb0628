import { z } from 'zod'
import { READ_VERSIONS, type Result } from './result.js'

const figure = z.number()

const percentile = figure.optional()

const latency = z
  .strictObject({
    p50: percentile,
    p90: percentile,
    p99: percentile,
    p999: percentile,
    max: percentile,
  })
  .meta({
    description:
      'Milliseconds, by percentile. A percentile is absent if fewer than ten answers lie beyond it.',
  })

const confidence = figure.optional().meta({
  description:
    'How often such an interval contains the true value. Without it, `low` to `high` is a range of too few rounds.',
})

const summary = z
  .strictObject({ median: figure, min: figure, max: figure, low: figure, high: figure, confidence })
  .meta({ description: '`low` to `high`: an exact interval of the median, by order statistics.' })

const timePoint = z.strictObject({ second: figure, ok: z.int(), failed: z.int() })
const timeLine = z.strictObject({ name: z.string(), points: z.array(timePoint) })

const metric = z.strictObject({
  id: z.string(),
  title: z.string(),
  unit: z.string(),
  better: z.enum(['more', 'less', 'neither']),
})

const cell = z.strictObject({
  subject: z.string(),
  condition: z.record(z.string(), z.union([z.string(), figure])),
  measuredIn: z
    .array(z.int())
    .optional()
    .meta({ description: 'The rounds in which it was measured, from 1; all if missing.' }),
  repeats: z.int().optional().meta({
    description: 'Values come from so many measurements of one process, and not from rounds.',
  }),
  values: z.record(z.string(), z.array(figure)).meta({
    description:
      'By the id of the metric: a value of each of these rounds. Absent if there were too few answers for it.',
  }),
  summaries: z.record(z.string(), summary).meta({ description: 'By the id of the metric.' }),
  atCeiling: z
    .int()
    .meta({ description: 'Rounds in which the load generator set the limit, not the subject.' }),
  timeLines: z.array(timeLine).optional(),
  latencies: z.array(latency).optional().meta({ description: 'One of each round.' }),
})

const conclusion = z.strictObject({
  ratio: summary.meta({ description: 'Of the subject and the reference, round by round.' }),
  p: figure.meta({
    description: 'Sign test, adjusted for all comparisons of the scenario (Holm).',
  }),
  isDifferent: z.boolean(),
})

const comparison = z.strictObject({
  metric: z.string(),
  subject: z.string(),
  reference: z.string(),
  condition: z.record(z.string(), z.union([z.string(), figure])),
  conclusion: conclusion
    .optional()
    .meta({ description: 'None where there were too few rounds, or nothing to divide.' }),
})

const scenario = z.strictObject({
  id: z.string(),
  title: z.string(),
  question: z.string(),
  state: z.enum(['complete', 'stopped', 'failed']),
  failure: z.string().optional().meta({ description: 'Why it is not complete.' }),
  rounds: z.int().meta({ description: 'Whole ones; what was measured in others is left out.' }),
  wantedRounds: z.int(),
  reference: z.string().meta({ description: 'The subject that the others are compared with.' }),
  subjects: z.array(z.strictObject({ id: z.string(), title: z.string() })),
  metrics: z.array(metric),
  cells: z.array(cell),
  comparisons: z
    .array(comparison)
    .optional()
    .meta({ description: 'Declared before the run, and judged together; none in version 1.' }),
})

const machine = z.strictObject({
  processor: z.string(),
  cores: z.int(),
  memoryBytes: z.int(),
  system: z.string(),
  notMeasured: z.array(z.string()).meta({ description: 'What this system does not show.' }),
})

/** A result file, `result.json`. */
export const resultSchema: z.ZodType<Result> = z.strictObject({
  version: z.literal(READ_VERSIONS),
  startedAt: z.iso.datetime(),
  finishedAt: z.iso.datetime(),
  command: z.string().meta({ description: 'As it was typed.' }),
  seed: z.int(),
  settings: z.strictObject({
    rounds: z.int(),
    seconds: figure,
    warmUpRequests: z.int(),
    quick: z.boolean(),
    strategies: z.array(z.string()),
  }),
  machine,
  ceilings: z.record(z.string(), figure).meta({
    description:
      'Requests a second of the load generator, by connections, from a server that does nothing.',
  }),
  versions: z.record(z.string(), z.string()),
  missing: z
    .array(z.string())
    .meta({ description: 'What was asked for and is not there, and why.' }),
  scenarios: z.array(scenario),
})
