import type { Command } from 'commander'
import { diagnose, type Finding } from '../diagnosis.js'
import { workbenchFolder } from '../folders.js'
import { newCommand } from './command.js'

const SIGNS = { ok: '✓', warning: '!', failing: '✗' } as const

export function doctorCommand(): Command {
  return newCommand({
    usage: 'npm run doctor --',
    description:
      'Say what "npm start" will find here, what is missing, and how to get it. Asks the stores of a ' +
      'workbench that is running. Starts and changes nothing. Exit code 0 if everything needed works.',
    examples: ['npm run doctor', 'npm run -s doctor -- --json'],
  })
    .option('--json', 'print the findings as JSON')
    .action(doctor)
}

async function doctor({ json }: { readonly json?: true }): Promise<void> {
  const findings = await diagnose(workbenchFolder, process.env)
  const canStart = findings.every(({ state }) => state !== 'failing')
  console.log(json ? JSON.stringify({ canStart, findings }, null, 2) : report(findings, canStart))
  if (!canStart) process.exitCode = 1
}

function report(findings: readonly Finding[], canStart: boolean): string {
  const lines = findings.map(({ name, state, what, remedy }) => {
    const line = `${SIGNS[state]} ${name.padEnd(11)} ${what}`
    return remedy === undefined ? line : `${line}\n${' '.repeat(14)}${remedy}`
  })
  return [...lines, '', verdict(findings, canStart)].join('\n')
}

function verdict(findings: readonly Finding[], isWell: boolean): string {
  if (findings.some(({ name }) => name === 'workbench')) {
    return isWell
      ? 'The workbench is running.'
      : 'The workbench is running, and something is wrong: see ✗.'
  }
  return isWell ? '"npm start" can work here.' : '"npm start" cannot work yet: see ✗.'
}
