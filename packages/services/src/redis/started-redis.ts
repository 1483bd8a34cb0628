/** What every way to a Redis has in common. */
interface Redis {
  /** `redis://…` with the password: a secret. */
  readonly url: string
  /** As the server gives it, such as `7.0.15`. */
  readonly version: string
  /** How it was found, in a line for people; no password in it. */
  readonly foundAs: string
  /** Ends what was started; a server given by URL is left alone. Idempotent. */
  stop(): Promise<void>
}

/** Someone else's Redis. */
export interface RedisByUrl extends Redis {
  readonly kind: 'url'
}

/** A Redis (or Valkey) of our own, which a fault test may mistreat. */
export interface RedisProcess extends Redis {
  readonly kind: 'process'
  /** On 127.0.0.1. The same for the life of this object. */
  readonly port: number
  /** Whether its process runs, however it was ended. */
  isRunning(): Promise<boolean>
  /** Its processes right now, for who measures what they use. */
  pids(): number[]
  /** SIGKILL; returns when the server is gone. If durable, acknowledged writes survive. */
  kill(): Promise<void>
  /** SIGSTOP: connections stay open, nothing answers. */
  pause(): void
  /** Ends a pause. */
  resume(): void
  /** Same port, same password, and if durable the same data; also after `stop` or `kill`. */
  restart(): Promise<void>
}

/** A Redis (or Valkey) in a container of our own, which a fault test may mistreat. */
export interface RedisContainer extends Redis {
  readonly kind: 'container'
  /** Published on 127.0.0.1, if Docker is on this machine. The same for the life of this object. */
  readonly port: number
  /** Whether the container runs, however it was ended. */
  isRunning(): Promise<boolean>
  /** SIGKILL to everything in the container. If durable, acknowledged writes survive. */
  kill(): Promise<void>
  /** Freezes the container: connections stay open, nothing answers. */
  pause(): Promise<void>
  /** Ends a pause. */
  resume(): Promise<void>
  /** Same port, same password; also after `kill`, but not after `stop`, which removes it. */
  restart(): Promise<void>
}

/** A Redis that answered. */
export type StartedRedis = RedisByUrl | RedisProcess | RedisContainer
