import { runCommand } from '@session-vs-jwt/workbench'
import { contractCommand } from './contract-command.js'

await runCommand(contractCommand, process.argv.slice(2))
