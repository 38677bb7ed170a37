import { spawnSync } from 'node:child_process'
import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'
import process from 'node:process'

/**
 * Whether this user may run the file.
 * @param {string} path
 */
export function isProgram(path) {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}

/**
 * The first program of that name on PATH.
 * @param {string} name
 */
export function onPath(name) {
  return (process.env['PATH'] ?? '')
    .split(delimiter)
    .filter((folder) => folder !== '')
    .map((folder) => join(folder, name))
    .find(isProgram)
}

/**
 * Installs a Debian package where that is possible without asking: as root, with apt.
 * @param {string} name
 * @param {string} otherwise what else a person could do
 * @throws {Error} one line that says what is missing and how to get it
 */
export function aptInstall(name, otherwise) {
  if (process.getuid?.() !== 0 || onPath('apt-get') === undefined) {
    throw new Error(`${name} is missing; install it, or ${otherwise}.`)
  }
  process.stderr.write(`Installing ${name} with apt-get; this can take some minutes\n`)
  const installed =
    succeeds('apt-get', ['update', '-qq']) &&
    succeeds('apt-get', ['install', '-y', '-qq', '--no-install-recommends', name])
  if (!installed) throw new Error(`apt-get could not install ${name}; ${otherwise}.`)
}

/**
 * @param {string} command
 * @param {readonly string[]} args
 */
function succeeds(command, args) {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  return spawnSync(command, args, { stdio: ['ignore', 'ignore', 'inherit'], env }).status === 0
}
