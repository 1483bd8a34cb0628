import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  findProgram,
  freePort,
  type ProgramKind,
  programEnvironment,
  type ServerProgram,
} from '@session-vs-jwt/services'

const NGINX: ProgramKind = {
  what: 'nginx',
  names: ['nginx'],
  versionArgument: '-v',
  version: /^nginx version: nginx\/(\d[\d.]*)/m,
  package: { names: ['nginx'], program: 'usr/sbin/nginx', folder: 'nginx-package' },
  remedy: 'Install it (Debian, Ubuntu: "apt-get install nginx").',
}

/** Keeps an unpacked nginx where `npm start` keeps its programs, for the next run. */
export async function findNginx(
  onProgress: (line: string) => void,
): Promise<ServerProgram | undefined> {
  return findProgram(NGINX, { folder: '.workbench', onProgress })
}

export interface Nginx {
  readonly url: string
  stop(): Promise<void>
}

/** Starts nginx as a reverse proxy in front of the server at `upstream`. */
export async function startNginx(
  { path, libraries }: ServerProgram,
  upstream: string,
): Promise<Nginx> {
  const folder = await mkdtemp(join(tmpdir(), 'session-vs-jwt-nginx-'))
  const url = `http://127.0.0.1:${await freePort()}`
  const config = join(folder, 'nginx.conf')
  await writeFile(config, configuration(folder, url, upstream))
  const process = spawn(path, ['-p', folder, '-c', config], {
    env: programEnvironment(libraries),
    stdio: 'ignore',
  })
  const exited = once(process, 'exit')
  await untilAnswering(url, exited, join(folder, 'error.log'))
  return {
    url,
    stop: async () => {
      process.kill('SIGTERM')
      await exited
      await rm(folder, { recursive: true, force: true })
    },
  }
}

/** The usual settings of a reverse proxy; the other lines keep nginx within `folder`. */
function configuration(folder: string, url: string, upstream: string): string {
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
  return `
daemon off;
worker_processes 1;
${process.getuid?.() === 0 ? 'user root;' : ''}
pid ${folder}/nginx.pid;
error_log ${folder}/error.log;
events {}
http {
  access_log off;
  ${temporary.map((it) => `${it}_temp_path ${folder}/${it};`).join('\n  ')}
  server {
    listen ${new URL(url).host};
    location / {
      proxy_pass ${upstream};
      proxy_http_version 1.1;
      proxy_set_header Host $http_host;
    }
  }
}
`
}

const READY_WITHIN_MS = 10_000

/** @throws {Error} with the log of nginx, if it ends instead or takes too long */
async function untilAnswering(url: string, exited: Promise<unknown>, log: string): Promise<void> {
  const signal = AbortSignal.any([AbortSignal.timeout(READY_WITHIN_MS), abortedBy(exited)])
  while (!signal.aborted) {
    const answers = await fetch(url, { signal }).then(
      () => true,
      () => false,
    )
    if (answers) return
  }
  throw new Error(`nginx does not answer:\n${await readFile(log, 'utf8').catch(() => '')}`)
}

function abortedBy(event: Promise<unknown>): AbortSignal {
  const controller = new AbortController()
  void event.then(() => controller.abort())
  return controller.signal
}
