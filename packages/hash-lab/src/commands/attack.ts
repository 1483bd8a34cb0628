import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { Command, InvalidArgumentError, Option } from 'commander'
import { combineRules, RULE_SET_NAMES, type RuleSetName } from '../mangling-rules.js'
import { AttackLog, attackLogFile, type AttackState } from '../node/attack-log.js'
import { attackTable, type SchemeResult } from '../node/attack-table.js'
import { readTable } from '../node/read-table.js'
import { findWordList, type WordList } from '../node/word-list.js'
import { type AttackFacts, attackJson, attackReport } from './attack-report.js'
import { examples } from './examples.js'
import { count } from '../figures.js'
import { interruption } from './interruption.js'
import { progress } from './progress.js'
import { wholeNumber } from './steal.js'

interface AttackOptions {
  readonly words?: string
  readonly rules: readonly RuleSetName[]
  readonly cores?: number
  readonly resume?: true
  readonly restart?: true
  readonly log: boolean
  readonly json?: true
}

const SHOWN_PROBLEMS = 5
const MOST_CORES = 256

export function attackCommand(): Command {
  return new Command('attack')
    .description(
      'Try a list of passwords against a leaked table, on all cores. Ctrl-C stops it; it can go on later.',
    )
    .argument('<file>', 'the table: user:hash, user:hash:salt, or a hash on each line')
    .option('--words <file>', 'a word list, a password on each line (default: 49,000 common ones)')
    .addOption(
      new Option('--rules <sets>', `also what people make of a word: ${RULE_SET_NAMES.join(', ')}`)
        .default([], 'none')
        .argParser(parseRuleSets),
    )
    .addOption(
      new Option('--cores <n>', 'how many (default: all)').argParser(wholeNumber(1, MOST_CORES)),
    )
    .option('--resume', 'go on where a stopped attack on this table was')
    .option('--restart', 'forget a stopped attack and begin anew')
    .option('--no-log', 'do not keep the progress in <file>.attack')
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      examples(
        'attack leaked-md5.txt',
        'attack leaked-md5.txt --rules case,years,suffixes',
        'attack leaked-bcrypt.txt --words rockyou.txt',
        'attack leaked-bcrypt.txt --resume',
      ),
    )
    .action(attack)
}

export function parseRuleSets(text: string): RuleSetName[] {
  return text.split(',').map((name) => {
    const known = RULE_SET_NAMES.find((it) => it === name.trim())
    if (known) return known
    throw new InvalidArgumentError(`Sets are ${RULE_SET_NAMES.join(', ')}; several with commas.`)
  })
}

async function attack(file: string, options: AttackOptions): Promise<void> {
  const { users, problems } = readTable(file)
  const list = findWordList(options.words)
  const rules = combineRules(options.rules)
  reportProblems(file, problems)
  const { log, state } = openLog(file, list, options)
  const signal = interruption()
  const bar = progress('Attacking')
  const threads = options.cores ?? availableParallelism()
  const results = await attackTable({
    users,
    rules,
    list,
    threads,
    signal,
    ...(log ? { log } : {}),
    ...(state ? { state } : {}),
    onProgress: (scheme, { fraction, seconds, guesses }, cracked) =>
      bar.update({ fraction, seconds, guesses, note: `${scheme}: ${count(cracked)} cracked` }),
  })
  bar.stop()
  const isStopped = results.some(({ end }) => end === 'stopped')
  if (!isStopped) log?.remove()
  const about = {
    file,
    list,
    rules: rules.length,
    problems: problems.length,
    isResumable: isStopped && !!log,
  }
  print(results, about, options)
}

function print(
  results: readonly SchemeResult[],
  facts: AttackFacts,
  { json }: AttackOptions,
): void {
  console.log(json ? attackJson(results, facts) : attackReport(results, facts))
}

function openLog(
  file: string,
  list: WordList,
  { rules, resume, restart, log }: AttackOptions,
): { log?: AttackLog; state?: AttackState } {
  if (!log) return {}
  const logFile = attackLogFile(file)
  const identity = {
    table: createHash('sha256').update(readFileSync(file)).digest('hex'),
    list: list.version,
    rules: rules.toSorted().join(','),
  }
  if (!resume) return { log: AttackLog.begin(logFile, identity, restart) }
  const resumed = AttackLog.resume(logFile, identity)
  const { brokenLine } = resumed.state
  if (brokenLine !== undefined) {
    console.error(`${logFile}: line ${brokenLine} is broken; what stands before it is used.`)
  }
  return resumed
}

function reportProblems(
  file: string,
  problems: readonly { readonly line: number; readonly message: string }[],
): void {
  for (const { line, message } of problems.slice(0, SHOWN_PROBLEMS)) {
    console.error(`${file}: line ${line} ${message}`)
  }
  const more = problems.length - SHOWN_PROBLEMS
  if (more > 0) console.error(`${file}: and ${count(more)} more lines that cannot be read`)
}
