// Logs as many lines as its parent asks for, then answers. A server must be able to answer even if it cannot log.
import { createLogger } from '../../src/logger.js'

const logger = createLogger('test', 'trace')

process.on('message', ({ lines, warning }: { lines: number; warning?: true }) => {
  const text = 'x'.repeat(200)
  for (let line = 1; line <= lines; line += 1) {
    if (warning) logger.warn({ err: new TypeError(`failure ${line}`), store: 'redis' }, 'lost')
    else logger.info({ line, text }, 'asked for')
  }
  process.send?.('done')
})
process.on('disconnect', () => process.exit(0))
