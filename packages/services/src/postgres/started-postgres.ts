/** What every way to a PostgreSQL has in common. */
interface Postgres {
  /** `postgres://…` with user and password: a secret. */
  readonly url: string
  /** As the server gives it, such as `18.4`. */
  readonly version: string
  /** How it was found, in a line for people; no password in it. */
  readonly foundAs: string
  /** Ends what was started; a server given by URL is left alone. Idempotent. */
  stop(): Promise<void>
}

/** Someone else's PostgreSQL: nothing in it was created or changed. */
export interface PostgresByUrl extends Postgres {
  readonly kind: 'url'
}

/** A PostgreSQL of our own, which a fault test may mistreat. */
export interface EmbeddedPostgres extends Postgres {
  readonly kind: 'embedded'
  /** On 127.0.0.1. The same for the life of this object. */
  readonly port: number
  /** Whether its process runs, however it was ended. */
  isRunning(): Promise<boolean>
  /** Its processes right now, for who measures what they use. */
  pids(): number[]
  /** SIGKILL to the server and every child; returns when all are gone. The data stays. */
  kill(): Promise<void>
  /** SIGSTOP to the server and every child: connections stay open, nothing answers. */
  pause(): void
  /** Ends a pause. */
  resume(): void
  /** Same port, same data, same password; also after `stop` or `kill`. */
  restart(): Promise<void>
}

/** A PostgreSQL in a container of our own, which a fault test may mistreat. */
export interface PostgresContainer extends Postgres {
  readonly kind: 'container'
  /** Published on 127.0.0.1, if Docker is on this machine. The same for the life of this object. */
  readonly port: number
  /** Whether the container runs, however it was ended. */
  isRunning(): Promise<boolean>
  /** SIGKILL to everything in the container. The data stays. */
  kill(): Promise<void>
  /** Freezes the container: connections stay open, nothing answers. */
  pause(): Promise<void>
  /** Ends a pause. */
  resume(): Promise<void>
  /** Same port, same data, same password; also after `kill`, but not after `stop`, which removes it. */
  restart(): Promise<void>
}

/** A PostgreSQL that answered. */
export type StartedPostgres = PostgresByUrl | EmbeddedPostgres | PostgresContainer
