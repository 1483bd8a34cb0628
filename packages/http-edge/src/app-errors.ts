import type Koa from 'koa'
import type { Logger } from 'pino'

/**
 * Logs what Koa reports about itself, which it would otherwise print to stderr with a stack: an error from outside
 * {@link problemDetails}, or a connection that broke before its answers were sent. A broken connection is the
 * client's doing, so it is not an error here.
 */
export function logAppErrors(
  logger: Logger,
): (error: NodeJS.ErrnoException, ctx: Pick<Koa.Context, 'req'>) => void {
  return (error, { req }) => {
    if (req.socket.errored === error) logger.debug({ code: error.code }, 'client disconnected')
    else logger.error({ err: error }, 'unexpected error')
  }
}
