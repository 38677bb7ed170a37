import { spawn } from 'node:child_process'
import { constants } from 'node:os'
import { join } from 'node:path'
import { bun, ensureInstalled, root } from './install.mjs'

/**
 * npm passes a signal on that the terminal has delivered as well; the server must see one, as
 * a second one may mean "at once".
 */
const sameSignalWithinMs = 300

/**
 * Runs ytopic's command line on the pinned Bun, installing it first when it is not there, and
 * ends this process the way the command ended.
 * @param {readonly string[]} args
 */
export function runYtopic(args) {
  try {
    ensureInstalled()
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : error}\n`)
    process.exitCode = 1
    return
  }
  // A group of its own: what the terminal sends to everyone arrives through here, once.
  // --no-orphans: when this process is killed outright the server does not stay behind.
  const child = spawn(bun, ['--no-orphans', join(root, 'src', 'main.ts'), ...args], {
    stdio: 'inherit',
    detached: true,
  })
  forwardSignals(child)
  child.on('error', (error) => {
    process.stderr.write(`Bun did not start: ${error.message}\n`)
    process.exitCode = 1
  })
  child.on('exit', (code, signal) => {
    process.exitCode = code ?? 128 + constants.signals[signal ?? 'SIGTERM']
    if (signal !== null) dieOf(signal)
  })
}

/** @param {import('node:child_process').ChildProcess} child */
function forwardSignals(child) {
  for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) {
    let last = -Infinity
    process.on(signal, () => {
      const now = performance.now()
      if (now - last < sameSignalWithinMs) return
      last = now
      child.kill(signal)
    })
  }
}

/** @param {NodeJS.Signals} signal */
function dieOf(signal) {
  process.removeAllListeners(signal)
  process.kill(process.pid, signal)
}
