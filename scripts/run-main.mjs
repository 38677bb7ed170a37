import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { bun, ensureInstalled, root } from './install.mjs'

/**
 * Runs a program of the checkout on the pinned Bun with this process's arguments, installing what
 * is missing first, and ends the way it ended.
 * @param {...string} path from the root
 */
export function runMain(...path) {
  try {
    ensureInstalled()
    const args = ['--no-orphans', join(root, ...path), ...process.argv.slice(2)]
    const { status, error } = spawnSync(bun, args, { cwd: root, stdio: 'inherit' })
    if (error !== undefined) throw error
    process.exitCode = status ?? 1
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
    process.exitCode = 1
  }
}
