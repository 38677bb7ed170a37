import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The folder of the checkout. */
export const root = dirname(dirname(fileURLToPath(import.meta.url)))

/** The Bun that package.json pins. */
export const bun = join(root, 'node_modules', '.bin', 'bun')

/**
 * One package as npm locks it; the installed list (`node_modules/.package-lock.json`) has the
 * same form.
 * @typedef {{ version?: string, integrity?: string, optional?: boolean, link?: boolean }} Locked
 */

/**
 * Installs what package-lock.json names when it is not there already, and makes sure that Bun
 * runs. Costs a few milliseconds when nothing is missing.
 * @param {string} folder one with a package-lock.json of its own
 * @throws {Error} with one line for the person at the keyboard
 */
export function ensureInstalled(folder = root) {
  const missing = whatIsMissing(folder)
  if (missing !== undefined) {
    process.stderr.write(`Installing packages (${missing}); this can take a minute.\n`)
    runNpmCi(folder)
  }
  const { bun: pinned } = readJson(join(root, 'package.json')).devDependencies
  const { stdout } = spawnSync(bun, ['--version'], { encoding: 'utf8' })
  if (stdout?.trim() === pinned) return
  throw new Error(
    `Bun ${pinned} does not run from node_modules: npm may not have been allowed to run its ` +
      'install script; "npm rebuild bun" runs it.',
  )
}

/**
 * Compares names, versions and checksums, not times of files: a checkout or a copy changes those.
 * @param {string} folder
 * @returns {string | undefined} why an installation is needed
 */
function whatIsMissing(folder) {
  const installedList = join(folder, 'node_modules', '.package-lock.json')
  if (!existsSync(installedList)) return 'there are none yet'
  /** @type {Record<string, Locked>} */
  const wanted = readJson(join(folder, 'package-lock.json')).packages
  /** @type {Record<string, Locked>} */
  const installed = readJson(installedList).packages
  for (const [path, { version, integrity, optional }] of Object.entries(wanted)) {
    if (path === '') continue
    const found = installed[path]
    // What is for another platform is locked but rightly absent.
    if (found === undefined && optional) continue
    if (found?.version !== version || found?.integrity !== integrity) return `${path} differs`
    if (!existsSync(join(folder, path, 'package.json'))) return `${path} is not there`
  }
  const extra = Object.keys(installed).find((path) => !(path in wanted))
  return extra === undefined ? undefined : `${extra} is no longer wanted`
}

/**
 * npm's output goes to stderr, so that stdout stays the command's own.
 * @param {string} folder
 */
function runNpmCi(folder) {
  const args = ['ci', '--include=dev', '--no-audit', '--no-fund']
  const npm = process.env['npm_execpath']
  const [command, all] = npm?.endsWith('.js') ? [process.execPath, [npm, ...args]] : ['npm', args]
  const { status, error } = spawnSync(command, all, { cwd: folder, stdio: ['ignore', 2, 2] })
  if (status !== 0) throw new Error(`npm ci failed: ${error?.message ?? `exit code ${status}`}.`)
}

/** @param {string} path @returns {any} */
function readJson(path) {
  return JSON.parse(readFileSync(path, 'utf8'))
}
