import { spawn } from 'node:child_process'
import { constants } from 'node:os'
import process from 'node:process'

/**
 * npm passes a signal on that the terminal has delivered as well; the server must see one, as
 * a second one may mean "at once".
 */
const sameSignalWithinMs = 300

/**
 * Runs a program on Bun, hands every signal on once, and ends this process the way it ended.
 * @param {string} bun
 * @param {readonly string[]} args the program and its arguments
 */
export function runOnBun(bun, args) {
  // First: whoever reads that the server is ready may send a signal before this process goes on.
  forwardSignals((signal) => child.kill(signal))
  // A group of its own: what the terminal sends to everyone arrives through here, once.
  // --no-orphans: when this process is killed outright the server does not stay behind.
  const child = spawn(bun, ['--no-orphans', ...args], { stdio: 'inherit', detached: true })
  child.on('error', (error) => {
    process.stderr.write(`ytopic: Bun did not start: ${error.message}\n`)
    process.exitCode = 1
  })
  child.on('exit', (code, signal) => {
    process.exitCode = code ?? 128 + constants.signals[signal ?? 'SIGTERM']
    if (signal !== null) dieOf(signal)
  })
}

/** @param {(signal: NodeJS.Signals) => unknown} send */
function forwardSignals(send) {
  for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) {
    let last = -Infinity
    process.on(signal, () => {
      const now = performance.now()
      if (now - last < sameSignalWithinMs) return
      last = now
      send(signal)
    })
  }
}

/** @param {NodeJS.Signals} signal */
function dieOf(signal) {
  process.removeAllListeners(signal)
  process.kill(process.pid, signal)
}
