// Plain Node.js, as bootstrap.mjs, which uses it.
import { createHash } from 'node:crypto'
import fs from 'node:fs'
import path from 'node:path'

/** Whether the site of the clone at `root` was built from the files that are there now. */
export function isSiteCurrent(root, installation) {
  return readOrNothing(stampFile(root)) === siteStamp(root, installation)
}

/**
 * Called after a build that began at `startedAt`. The stamp appears whole or not at all, so an interrupted build
 * leaves none. A file that was edited meanwhile may not be in the site, so that one gets no stamp either.
 */
export function stampSite(root, installation, startedAt) {
  if (siteFiles(root).some((name) => changedAt(path.join(root, name)) > startedAt)) return
  const draft = `${stampFile(root)}.${process.pid}`
  fs.writeFileSync(draft, siteStamp(root, installation))
  fs.renameSync(draft, stampFile(root))
}

const built = (root, name) => path.join(root, 'docs', '.vitepress', 'dist', name)
const stampFile = (root) => built(root, '.stamp')

/** What the site is made of, by name and content, and the installed packages. */
function siteStamp(root, installation) {
  const hash = createHash('sha256').update(installation)
  for (const name of siteFiles(root)) {
    const file = path.join(root, name)
    hash.update(`\n${name}\n`).update(fs.existsSync(file) ? fs.readFileSync(file) : 'missing')
  }
  return hash.digest('hex')
}

/**
 * The files that the last build noted, and those that the next one would find: pages, public files and the
 * configuration. A temporary file, of an editor or of Vite, is none of them.
 */
function siteFiles(root) {
  const docs = path.join(root, 'docs')
  const names = fs.readdirSync(docs, { withFileTypes: true })
  const pages = names.flatMap((entry) => {
    if (!entry.isDirectory()) return isPage(entry.name) ? [entry.name] : []
    if (['.vitepress', 'node_modules', 'public'].includes(entry.name)) return []
    return filesBelow(docs, entry.name).filter(isPage)
  })
  const config = fs.readdirSync(path.join(docs, '.vitepress')).filter((it) => it.endsWith('.ts'))
  const found = [
    ...pages,
    ...filesBelow(docs, 'public'),
    ...config.map((it) => path.join('.vitepress', it)),
  ].map((it) => path.join('docs', it))
  const noted = readOrNothing(built(root, '.inputs')).split('\n').filter(Boolean)
  return [...new Set([...noted, ...found])].toSorted((a, b) => (a < b ? -1 : 1))
}

const changedAt = (file) => fs.statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0

const isPage = (name) => name.endsWith('.md') && !path.basename(name).startsWith('.')

function filesBelow(folder, name) {
  const below = path.join(folder, name)
  if (!fs.existsSync(below)) return []
  const entries = fs.readdirSync(below, { recursive: true, withFileTypes: true })
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(folder, path.join(entry.parentPath ?? entry.path, entry.name)))
}

function readOrNothing(file) {
  try {
    return fs.readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}
