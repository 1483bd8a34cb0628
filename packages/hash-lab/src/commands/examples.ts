/** The end of a help text: lines that can be typed as they are. */
export function examples(...lines: readonly string[]): string {
  return `\nExamples:\n${lines.map((it) => `  npm run hash-lab -- ${it}`).join('\n')}`
}
