import { runCommandLine } from './commands/command-line.js'

// npm runs a script in the folder of package.json; files are named from where the learner is.
process.chdir(process.env['INIT_CWD'] ?? '.')
await runCommandLine(process.argv.slice(2), process.env['PATH'] ?? '')
