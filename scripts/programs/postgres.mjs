import { spawnSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import process from 'node:process'
import { aptInstall, isProgram, onPath } from './programs.mjs'

const otherwise = 'put initdb and postgres on PATH'
/** Where Debian keeps them, a folder a version. */
const debian = '/usr/lib/postgresql'

/**
 * The folder of a PostgreSQL's own programs on this machine: Debian's newest, else that on PATH.
 *
 * @returns {string | undefined} undefined when there is none
 */
function findPostgres() {
  const versions = namesIn(debian).toSorted((a, b) => Number(b) - Number(a))
  const onPaths = [onPath('initdb')].flatMap((path) => (path === undefined ? [] : dirname(path)))
  return [...versions.map((version) => join(debian, version, 'bin')), ...onPaths].find(
    (folder) => isProgram(join(folder, 'initdb')) && isProgram(join(folder, 'postgres')),
  )
}

/**
 * Finds PostgreSQL, else installs it where that is possible without asking: as root, with apt.
 *
 * @returns {string} the folder of its programs
 * @throws {Error} one line that says what is missing and how to get it
 */
export function ensurePostgres() {
  const found = findPostgres()
  if (found !== undefined) return found
  aptInstall('postgresql', otherwise)
  const folder = findPostgres()
  if (folder !== undefined) return folder
  throw new Error(`apt-get has installed no postgresql; ${otherwise}.`)
}

/**
 * What goes before its programs, which refuse root: a user that may do nothing else.
 *
 * @returns {{ user: string | undefined, prefix: readonly string[] }} `user` is undefined where
 *   this process's own will do
 * @throws {Error} one line that says what is missing
 */
export function unprivileged() {
  if (process.getuid?.() !== 0) return { user: undefined, prefix: [] }
  const setpriv = onPath('setpriv')
  const user = ['postgres', 'nobody'].find((name) => spawnSync('id', [name]).status === 0)
  if (setpriv === undefined || user === undefined) {
    throw new Error(
      'PostgreSQL does not run as root; install setpriv (util-linux) or be another user.',
    )
  }
  const group = spawnSync('id', ['-gn', user], { encoding: 'utf8' }).stdout.trim()
  return { user, prefix: [setpriv, '--reuid', user, '--regid', group, '--clear-groups'] }
}

/** @param {string} folder */
function namesIn(folder) {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}
