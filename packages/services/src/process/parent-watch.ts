import { spawn } from 'node:child_process'

/**
 * Stops a server when this process dies, however it dies.
 *
 * A shell of a few hundred kilobytes waits on a pipe that only this process holds. Told "done", it
 * leaves. At the end of the pipe without a word, this process is dead: it wakes the server (which
 * may be paused), asks it to stop, and after ten seconds kills what is left.
 */
const SCRIPT = `
pid=$1 stop=$2
read -r tag
read -r told && exit 0
tagged() {
  # The tag comes by a pipe: in an argument, grep would find itself.
  printf '%s\\n' "$tag" | grep -lF -f - /proc/[0-9]*/cmdline 2>/dev/null | cut -d/ -f3
}
for p in $pid $(tagged); do kill -CONT "$p"; done
kill -"$stop" "$pid"
tries=100
while kill -0 "$pid" && [ $tries -gt 0 ]; do sleep 0.1; tries=$((tries - 1)); done
[ $tries -gt 0 ] || kill -KILL "$pid"
for p in $(tagged); do kill -KILL "$p"; done
`

/** Watches over one server. `end` when it has stopped: its pid may soon be someone else's. */
export interface ParentWatch {
  end(): void
}

/** Starts watching over the server `pid`, all of whose processes carry `tag`. */
export function watchParent(pid: number, tag: string, stopSignal: NodeJS.Signals): ParentWatch {
  const shell = spawn(
    '/bin/sh',
    ['-c', SCRIPT, 'parent-watch', String(pid), stopSignal.slice('SIG'.length)],
    { cwd: '/', detached: true, stdio: ['pipe', 'ignore', 'ignore'] },
  )
  shell.on('error', () => {})
  shell.stdin.on('error', () => {})
  shell.stdin.write(`${tag}\n`)
  shell.unref()
  ;(shell.stdin as unknown as { unref?: () => void }).unref?.()
  return { end: () => void shell.stdin.end('done\n') }
}
