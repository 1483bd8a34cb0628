import { BaseSequencer, type TestSpecification } from 'vitest/node'

/** What takes minutes: begun last, each of these would run on alone. */
const LONGEST = [
  'course/course.test.ts',
  'contract/jwt-server.test.ts',
  'model/model.test.ts',
  'contract/session-server.test.ts',
]

/** The longest of a group before the others. */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    return files.toSorted((a, b) => groupOf(a) - groupOf(b) || rankOf(a) - rankOf(b))
  }
}

function groupOf({ project }: TestSpecification): number {
  return project.config.sequence.groupOrder
}

function rankOf({ moduleId }: TestSpecification): number {
  const rank = LONGEST.findIndex((it) => moduleId.endsWith(it))
  return rank === -1 ? LONGEST.length : rank
}
