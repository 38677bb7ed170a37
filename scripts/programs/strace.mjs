import { spawnSync } from 'node:child_process'
import { aptInstall, onPath } from './programs.mjs'

const otherwise = 'put strace on PATH'

/**
 * Finds strace, else installs it where that is possible without asking, and makes sure that it may
 * trace.
 * @returns {string} its path
 * @throws {Error} one line that says what is missing and how to get it
 */
export function ensureStrace() {
  if (onPath('strace') === undefined) aptInstall('strace', otherwise)
  const path = onPath('strace')
  if (path === undefined) throw new Error(`apt-get has installed no strace; ${otherwise}.`)
  const args = ['-f', '-o', '/dev/null', '-e', 'trace=fdatasync', 'true']
  const { status, stderr } = spawnSync(path, args, { encoding: 'utf8' })
  if (status === 0) return path
  const said = stderr.trim().split('\n')[0] ?? ''
  const what = `This system does not let strace trace (${said})`
  throw new Error(`${what}; allow ptrace, in a container with --cap-add SYS_PTRACE.`)
}
