/** Shown in a chapter of a test. */
export function shown(): string {
  return 'shown'
}

/** What is in it can be shown by its path. */
export class Holder {
  /** Of one member. */
  held(): number {
    return 1
  }
}

// #region around
export const around = shown()
// #endregion around
