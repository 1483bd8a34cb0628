import type { Section } from './figures.js'

/** A kind of fault on the page: what was done, and the columns of its tables by the names of the figures. */
interface PageSection {
  readonly section: Section
  readonly title: string
  readonly text: string
  readonly columns: Readonly<Record<string, string>>
}

const OUTAGE = {
  answers: 'answers',
  slowestRefusalMs: 'slowest refusal',
  slowestServedMs: 'slowest of the others',
  backAfterMs: 'all back after',
  acknowledged: 'writes acknowledged',
  lost: 'of these lost',
}

export const sections: readonly PageSection[] = [
  {
    section: 'outage',
    title: 'A store is away, or refuses writes',
    text: `People of each strategy send requests all the while: some need what is broken, some don't. Answers are those
to one request of each kind, what is refused is tried twice. A write is acknowledged when it was answered with
2xx; afterwards each is looked for. *Killed* is SIGKILL to every process of the store, *paused* is SIGSTOP: the
connections stay open and nothing answers. A Redis that is *full* lets pass what frees memory before it takes
some, so people can log out of it. One *without its replica* refuses writes because of \`min-replicas-to-write\`;
a PostgreSQL that is *busy* has its tables locked, and sixteen more clients at each server who want them.`,
    columns: OUTAGE,
  },
  {
    section: 'restart',
    title: 'A store is restarted under load',
    text: `An orderly end and a new start, as in an update. Answers are all that came from the order to restart until
everything was back.`,
    columns: OUTAGE,
  },
  {
    section: 'lost answers',
    title: 'A write is done, and its answer is lost',
    text: `This is the promise that nobody can keep who talks to a store over a network: the write arrives and is done, the
answer does not come back in time (a line that breaks, a commit that takes too long), and the server must say
503 without knowing. What counts then is what the user is told who tries again. Logging out, logging in and
registering can be repeated: the worst that a user sees is that the account is there already. A post is
there twice. A refresh token that was renewed or rotated is spent, and repeating it looks like theft: the login is
ended, unless \`REFRESH_POLICY\` forgives a spent token for a moment.`,
    columns: {
      register: 'register again',
      post: 'post again',
      password: 'change the password again',
      rotate: 'rotate again',
      logout: 'log out again',
    },
  },
  {
    section: 'clock',
    title: 'A clock is set by an hour',
    text: `libfaketime moves the wall clock of running processes; nothing is restarted. Time limits run on clocks that
are never set, and hold. Deadlines of sessions and tokens are moments on the clock of the *servers*: forward, they
are past, and everybody logs in anew; back, tokens are refused that were issued "in the future", while
sessions just go on. What was issued while the clock was wrong is worth nothing (JWT), or lasts by so much
longer or shorter (sessions), once it is right again. The clock of the *stores* decides in Redis alone when
keys are forgotten: an hour forward ends sessions and refresh families that have less than that to live, and
ends lock-outs early, which gives ten more guesses at an account, once; revoked access tokens stay revoked, because the denylist remembers an hour longer than
they live. The first writes after the change may be refused (503) until a server has read the clock of the
store anew.

Columns: what a credential from before is worth, whether it can be renewed, a new login, the right password
for an account that was locked out, a credential that was logged out before; then, with the clock right again, the
one from before and one from meanwhile.`,
    columns: {
      before: 'from before',
      renewed: 'renewing it',
      login: 'new login',
      lockedOut: 'locked-out account',
      replayed: 'replay after logout',
      beforeAgain: 'then: from before',
      meanwhileAgain: 'then: from meanwhile',
      backAfterMs: 'all write again after',
    },
  },
  {
    section: 'slow client',
    title: 'Slow clients',
    text: `Twenty connections of each kind at once, beside somebody who asks who he is. Each is cut when its time for a
request is over, and answered 408.`,
    columns: {
      answers: 'answers',
      slowestCutMs: 'all cut within',
      whoamiMs: 'slowest `whoami` meanwhile',
    },
  },
  {
    section: 'flood',
    title: 'A flood of logins',
    text: `All at once. Hashing passwords is bounded: so many wait as are hashed in three seconds, the others are told to come
again. bcrypt runs at cost 10 here, so that a small machine serves some.`,
    columns: {
      answers: 'answers',
      firstRefusalMs: 'first refusal after',
      slowestServedMs: 'slowest login served',
      whoami: '`whoami` meanwhile',
      whoamiP99Ms: '99 % within',
    },
  },
  {
    section: 'stop',
    title: 'SIGTERM under load',
    text: `Half of the clients keep their connections, half dial anew for every request. A request is lost if its connection
ends without an answer; whoever dials a server that is gone is refused at once, which loses nothing. One
that dials as the listening socket closes can be in the kernel's queue, which no program can empty and close in one
step; without a pause in which to close, each of those that dial can lose its last request, the more the busier the
machine is. A balancer asks again, or stops sending first.`,
    columns: {
      answers: 'answers',
      lostKept: 'lost, connection kept',
      lostDialled: 'lost, dialling anew',
      exitMs: 'left after',
      exitCode: 'exit code',
      loginsAfter: 'login in the next process',
    },
  },
]
