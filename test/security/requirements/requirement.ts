export type Status = 'met' | 'partly' | 'not met' | 'not applicable'

/** A test elsewhere: its file from the root of the repository, and a part of what it is called there. */
export interface NamedTest {
  readonly file: string
  readonly name: string
}

/**
 * What a source demands, in our words, and whether both servers do it. The tests of test/security name the
 * requirements that they are for, and are not named here again.
 */
export interface Requirement {
  /** Source and number: `ASVS 6.2.1`, `RFC 8725 3.1`. */
  readonly id: string
  readonly text: string
  readonly status: Status
  /** What is missing, or why it does not apply; a remark, where it is met. */
  readonly why?: string
  /** Rows of the contract that test it, by id; they run for every strategy that they apply to. */
  readonly rows?: readonly string[]
  readonly tests?: readonly NamedTest[]
}

/** Requirements that belong together: a chapter, or a document. */
export interface RequirementGroup {
  readonly title: string
  readonly url: string
  readonly requirements: readonly Requirement[]
}

type Short = readonly [number: string, text: string]

/** Requirements that do not apply, all for one reason. */
export function notApplicable(
  source: string,
  why: string,
  ...all: readonly Short[]
): Requirement[] {
  return all.map(([number, text]) => ({
    id: `${source} ${number}`,
    text,
    status: 'not applicable',
    why,
  }))
}
