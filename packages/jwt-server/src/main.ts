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

await runMain('JWT server', 'JWT_PORT (PORT, if started alone)', async () => {
  const config = loadConfig(readSecretFiles(process.env, 'JWT server'))
  const logger = createLogger('jwt-server', config.logLevel)
  const server = await composeServer(config, {
    logger,
    clock: parentClock(config),
    newId: systemNewId,
    onFinished: parentTraceListener('jwt-server', config),
  })
  await serve({ config, logger, ...server })
})
