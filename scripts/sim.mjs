// `npm run sim -- [--seed N] [--seeds N] [--minutes M]`: the seeded simulation of test/sim.
// `--seed N` alone repeats that seed and tells its trace; with `--seeds` or `--minutes` it is the
// first of many.
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { bun, ensureInstalled, root } from './install.mjs'

try {
  ensureInstalled()
  const main = join(root, 'test', 'sim', 'main.ts')
  const args = ['--no-orphans', main, ...process.argv.slice(2)]
  const { status, error } = spawnSync(bun, args, { cwd: root, stdio: 'inherit' })
  if (error !== undefined) throw error
  process.exitCode = status ?? 1
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = 1
}
