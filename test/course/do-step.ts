import { createRequire } from 'node:module'
import { differenceOf, readable } from './answer.js'
import type { Finding } from './page.js'
import type { ShellSession } from './shell-session.js'
import type { Stage } from './stage.js'
import type { ShownAnswer, Step } from './steps.js'

const HTTPYAC = createRequire(import.meta.url).resolve('httpyac/bin/httpyac.js')

/** Does what a block says, as a reader would, and compares what comes with what the page shows. */
export async function findingsOfStep(
  stage: Stage,
  shell: ShellSession,
  step: Step,
): Promise<Finding[]> {
  const { kind, line, text, answer } = step
  const commands = stage.asRun(text)
  try {
    if (kind === 'start') await stage.workbench(text)
    else if (kind === 'server') await shell.serve(commands)
    else {
      const { output, code, failed } = await shell.run(
        kind === 'http' ? sending(commands) : commands,
      )
      const shown = stage.asShown(output)
      const mistake = kind === 'fails' ? didNotFail(code) : failure(failed)
      if (mistake !== undefined) return [{ line, message: `${mistake}\n${indented(shown)}` }]
      if (answer) return findingsOfAnswer(answer, shown)
    }
  } catch (error) {
    return [{ line, message: (error as Error).message }]
  }
  return []
}

function didNotFail(code: number): string | undefined {
  return code === 0 ? 'is to fail, and succeeded; it printed:' : undefined
}

function failure(failed: string | undefined): string | undefined {
  return failed === undefined ? undefined : `failed: ${failed}; it printed:`
}

/** The request as a file, sent by httpyac. */
function sending(request: string): string {
  const file = 'request.http'
  return `cat >${file} <<'END-OF-REQUEST'
${request}
END-OF-REQUEST
node ${HTTPYAC} send ${file} --all --output response --no-color`
}

function findingsOfAnswer(answer: ShownAnswer, output: string): Finding[] {
  const difference = differenceOf(answer, output)
  if (!difference) return []
  const { index, expected = '(nothing more)', got = '(nothing more)' } = difference
  const text = readable(output, answer.format)
  const message = `the answer is another one, from this line on
  shown:   ${expected}
  printed: ${got}
the whole answer:
${indented(text)}`
  return [{ line: answer.line + 1 + index, message, ...edit(answer, text) }]
}

/** What is elided, and where, only the author knows. */
function edit({ text: shown, start, end, indentation }: ShownAnswer, text: string) {
  if (shown.includes('…')) return {}
  const lines = text.split('\n').map((it) => `${indentation}${it}`.trimEnd())
  return { edit: { start, end, text: `${lines.join('\n')}\n` } }
}

function indented(text: string): string {
  return text.trimEnd().replaceAll(/^/gm, '  ')
}
