import {
  createLogger,
  parentClock,
  parentTraceListener,
  readSecretFiles,
  runMain,
  serve,
} from '@session-vs-jwt/server-process'
import { systemNewId } from '@session-vs-jwt/http-edge'
import { composeServer } from './compose.js'
import { loadConfig } from './config.js'
import { systemRandomBytes } from './session/session-id.js'

await runMain('session server', 'SESSION_PORT (PORT, if started alone)', async () => {
  const config = loadConfig(readSecretFiles(process.env, 'session server'))
  const logger = createLogger('session-server', config.logLevel)
  const server = await composeServer(config, {
    logger,
    clock: parentClock(config),
    newId: systemNewId,
    random: systemRandomBytes,
    onFinished: parentTraceListener('session-server', config),
  })
  await serve({ config, logger, ...server })
})
