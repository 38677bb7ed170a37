import { spawnSync } from 'node:child_process'
import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'
import process from 'node:process'

const names = [
  'chromium',
  'chromium-browser',
  'google-chrome',
  'google-chrome-stable',
  'chrome-headless-shell',
]

/** @param {string} path */
function isProgram(path) {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}

/** @param {string} name */
function onPath(name) {
  return (process.env['PATH'] ?? '')
    .split(delimiter)
    .filter((folder) => folder !== '')
    .map((folder) => join(folder, name))
    .find(isProgram)
}

/**
 * The path of a Chromium on this machine: the one `CHROMIUM_PATH` names, else the first on PATH.
 *
 * @returns {string | undefined} undefined when there is none
 */
export function findChromium() {
  const named = process.env['CHROMIUM_PATH']
  if (named !== undefined && named !== '') return isProgram(named) ? named : undefined
  return names.map(onPath).find((path) => path !== undefined)
}

/**
 * @param {string} command
 * @param {readonly string[]} args
 */
function succeeds(command, args) {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  return spawnSync(command, args, { stdio: ['ignore', 'ignore', 'inherit'], env }).status === 0
}

/**
 * Finds a Chromium, else installs one where that is possible without asking: as root, with apt.
 *
 * @returns {string} its path
 * @throws {Error} one line that says what is missing and how to get it
 */
export function ensureChromium() {
  const found = findChromium()
  if (found !== undefined) return found
  const named = process.env['CHROMIUM_PATH']
  if (named !== undefined && named !== '') {
    throw new Error(`CHROMIUM_PATH names ${named}, which is not a program`)
  }
  if (process.getuid?.() !== 0 || onPath('apt-get') === undefined) {
    throw new Error('Chromium is missing: install it, or set CHROMIUM_PATH to a Chromium or Chrome')
  }
  process.stderr.write('Installing Chromium with apt-get; this can take some minutes\n')
  const installed =
    succeeds('apt-get', ['update', '-qq']) &&
    succeeds('apt-get', ['install', '-y', '-qq', '--no-install-recommends', 'chromium'])
  const path = installed ? findChromium() : undefined
  if (path === undefined) {
    throw new Error('apt-get could not install Chromium: set CHROMIUM_PATH to a Chromium or Chrome')
  }
  return path
}
