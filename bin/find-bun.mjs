import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { delimiter, dirname, join } from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'

/**
 * @typedef {{ readonly kind: 'found', readonly bun: string }
 *   | { readonly kind: 'missing', readonly reason: string }} Found
 */

/**
 * The Bun to run on: the one that is installed beside this package, else the one of the
 * application in the current folder, else the first on PATH that is new enough.
 * @returns {Found} or one line that says what is missing and how to get it
 */
export function findBun() {
  const least = leastVersion()
  const tooOld = []
  let broken
  for (const bun of candidates()) {
    const { stdout, error } = spawnSync(bun, ['--version'], { encoding: 'utf8' })
    const version = /^\d+\.\d+\.\d+/.exec(stdout ?? '')?.[0]
    if (version === undefined) {
      // npm may not run install scripts; then a placeholder stands where Bun should be.
      if (error === undefined || !isMissing(error)) broken ??= bun
    } else if (isAtLeast(version, least)) {
      return { kind: 'found', bun }
    } else {
      tooOld.push(`${bun} is ${version}`)
    }
  }
  return { kind: 'missing', reason: reasonFor(least, tooOld, broken) }
}

/**
 * @param {string} least
 * @param {readonly string[]} tooOld
 * @param {string | undefined} broken
 */
function reasonFor(least, tooOld, broken) {
  if (tooOld.length > 0) {
    return `needs Bun ${least} or newer, but ${tooOld[0]}; update it with "npm install bun"`
  }
  if (broken !== undefined) {
    return `${broken} does not run: npm has not run Bun's install script; "npm rebuild bun" does`
  }
  return `runs on Bun ${least} or newer, and there is none; install it with "npm install bun"`
}

/** The lowest Bun that package.json takes. */
function leastVersion() {
  const manifest = readFileSync(new URL('../package.json', import.meta.url), 'utf8')
  return JSON.parse(manifest).peerDependencies.bun.replace('^', '')
}

/** Paths at which a Bun may be, the best first. */
function candidates() {
  const program = process.platform === 'win32' ? 'bun.exe' : 'bun'
  const onPath = (process.env['PATH'] ?? '')
    .split(delimiter)
    .filter((folder) => folder !== '')
    .map((folder) => join(folder, program))
  const installed = [fileURLToPath(import.meta.url), join(process.cwd(), 'package.json')].flatMap(
    installedBun,
  )
  return [...new Set([...installed, ...onPath])]
}

/**
 * The Bun that npm has installed for whoever that file belongs to.
 * @param {string} file
 * @returns {readonly string[]}
 */
function installedBun(file) {
  try {
    const manifest = createRequire(file).resolve('bun/package.json')
    return [join(dirname(manifest), 'bin', 'bun.exe')]
  } catch {
    return []
  }
}

/** @param {Error} error */
function isMissing(error) {
  return 'code' in error && error.code === 'ENOENT'
}

/**
 * @param {string} version
 * @param {string} least
 */
function isAtLeast(version, least) {
  const [have, need] = [version, least].map((text) => text.split('.').map(Number))
  for (const [at, part] of (need ?? []).entries()) {
    const own = have?.[at] ?? 0
    if (own !== part) return own > part
  }
  return true
}
