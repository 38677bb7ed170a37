// `npm run bench -- [--only ROW,…] [--servers NAME,…] [--rounds N] [--quick] [--trace FILE]`:
// ytopic beside its peers and a bare relay. The peers are installed here, in bench/ and nowhere
// else.
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { bun, ensureInstalled, root } from './install.mjs'

try {
  ensureInstalled()
  ensureInstalled(join(root, 'bench'))
  const main = join(root, 'bench', 'main.ts')
  const args = ['--no-orphans', main, ...process.argv.slice(2)]
  const { status, error } = spawnSync(bun, args, { cwd: process.cwd(), stdio: 'inherit' })
  if (error !== undefined) throw error
  process.exitCode = status ?? 1
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = 1
}
