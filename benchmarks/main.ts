import { runCommand } from '@session-vs-jwt/workbench'
import { benchCommand } from './command.js'

const args = process.argv.slice(2)

await runCommand(() => benchCommand(process.env, args), args)
