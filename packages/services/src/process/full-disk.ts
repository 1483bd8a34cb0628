const DISK_FULL =
  /ENOSPC|EDQUOT|no space left on device|disk quota exceeded|not have enough free space|check free disk space/i

/** Whether an error, or the output of a program, comes from a full disk or an exhausted quota. */
export function isDiskFull(problem: unknown): boolean {
  if (typeof problem === 'string') return DISK_FULL.test(problem)
  if (!(problem instanceof Error)) return false
  const { code = '' } = problem as NodeJS.ErrnoException
  return isDiskFull(`${code} ${problem.message}`) || isDiskFull(problem.cause)
}
