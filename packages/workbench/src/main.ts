import type { Command } from 'commander'
import { containerSecretsCommand } from './commands/container-secrets.js'
import { containersCommand } from './commands/containers.js'
import { doctorCommand } from './commands/doctor.js'
import { migrateCommand } from './commands/migrate.js'
import { resetCommand } from './commands/reset.js'
import { rollingRestartCommand } from './commands/rolling-restart.js'
import { rotateKeysCommand } from './commands/rotate-keys.js'
import { runCommand } from './commands/run-command.js'
import { siteCommand } from './commands/site.js'
import { startCommand } from './commands/start.js'
import { stopCommand } from './commands/stop.js'
import { tourCommand } from './commands/tour.js'
import { WorkbenchError } from './workbench-error.js'

const commands: Readonly<Record<string, () => Command>> = {
  start: startCommand,
  stop: stopCommand,
  tour: tourCommand,
  doctor: doctorCommand,
  reset: resetCommand,
  'rolling-restart': rollingRestartCommand,
  'rotate-keys': rotateKeysCommand,
  migrate: migrateCommand,
  containers: containersCommand,
  // For the containers of docker-compose.yml.
  'container-secrets': containerSecretsCommand,
  site: siteCommand,
}

const [name = '', ...args] = process.argv.slice(2)

await runCommand(() => commandNamed(name), args)

/** @throws {WorkbenchError} */
function commandNamed(wanted: string): Command {
  const make = Object.hasOwn(commands, wanted) ? commands[wanted] : undefined
  if (make) return make()
  const known = Object.keys(commands).join(', ')
  throw new WorkbenchError(`There is no command "${wanted}". There are: ${known}.`, 2)
}
