const DISK_FULL =
  /ENOSPC|EDQUOT|no space left on device|disk quota exceeded|not have enough free space|check free disk space/i

/** Whether a full disk (or a used up quota) is behind an error or behind what a program printed. */
export function isDiskFull(problem: unknown): boolean {
  if (typeof problem === 'string') return DISK_FULL.test(problem)
  if (!(problem instanceof Error)) return false
  const { code = '' } = problem as NodeJS.ErrnoException
  return isDiskFull(`${code} ${problem.message}`) || isDiskFull(problem.cause)
}
