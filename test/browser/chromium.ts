import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import type { TestProject } from 'vitest/node'

declare module 'vitest' {
  interface ProvidedContext {
    /** The browser to drive; empty where none can be had, and tests that need it are skipped. */
    chromium: string
  }
}

const PLACES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']

/** Finds a Chromium: `CHROMIUM_PATH`, an installed one, or as root on Debian the distribution's package. */
export default function findChromium(project: TestProject): void {
  const found = [process.env['CHROMIUM_PATH'] ?? '', ...PLACES].find((it) => it && existsSync(it))
  project.provide('chromium', found ?? installed() ?? '')
}

function installed(): string | undefined {
  if (process.getuid?.() !== 0 || !existsSync('/etc/debian_version')) {
    console.log('No Chromium here: browser tests are skipped. Install one, or set CHROMIUM_PATH.')
    return undefined
  }
  console.log('No Chromium here: installing Debian’s …')
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  for (const args of [
    ['update', '-qq'],
    ['install', '-y', '-qq', '--no-install-recommends', 'chromium'],
  ]) {
    const { status, stderr } = spawnSync('apt-get', args, { env, encoding: 'utf8' })
    if (status === 0) continue
    console.log(`Chromium could not be installed: browser tests are skipped. ${stderr.trim()}`)
    return undefined
  }
  return PLACES.find((it) => existsSync(it))
}
