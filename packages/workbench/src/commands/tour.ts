import type { Command } from 'commander'
import { filesIn, workbenchFolder } from '../folders.js'
import { hasFailed, runTour } from '../tour/run-tour.js'
import { tourJson, tourReport } from '../tour/tour-report.js'
import { findStops } from '../tour/tour-stops.js'
import { newCommand } from './command.js'

interface TourOptions {
  readonly sessionUrl?: string
  readonly jwtUrl?: string
  readonly json?: true
}

export function tourCommand(): Command {
  return newCommand({
    usage: 'npm run tour --',
    description:
      'Send the same requests to both servers and show what each one cost. Exit code 1 if a step ' +
      'gives what the contract does not allow, 2 if there is no server to go to.',
    examples: [
      'npm run tour',
      'npm run tour -- --session-url http://localhost:4001 --jwt-url https://jwt.example.org',
      'npm run -s tour -- --json',
    ],
  })
    .option('--session-url <url>', 'a session server of your own; default: the running one')
    .option('--jwt-url <url>', 'a JWT server of your own; default: the running one')
    .option('--json', 'print the results as JSON')
    .action(tour)
}

async function tour({ sessionUrl, jwtUrl, json }: TourOptions): Promise<void> {
  const given = { session: sessionUrl, jwt: jwtUrl }
  const results = await runTour(await findStops(given, filesIn(workbenchFolder).running))
  console.log(json ? tourJson(results) : tourReport(results, process.stdout.columns ?? Infinity))
  if (hasFailed(results)) process.exitCode = 1
}
