// `npm run bench -- [--only ROW,…] [--servers NAME,…] [--rounds N] [--quick] [--trace FILE]`:
// ytopic beside its peers and a bare relay; with `cluster` as the first word several servers
// instead (`npm run bench:cluster`, bench/cluster/main.ts). The peers are installed here, in bench/
// and nowhere else.
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { bun, ensureInstalled, root } from './install.mjs'

try {
  ensureInstalled()
  ensureInstalled(join(root, 'bench'))
  const given = process.argv.slice(2)
  const isCluster = given[0] === 'cluster'
  const main = join(root, 'bench', ...(isCluster ? ['cluster'] : []), 'main.ts')
  const args = ['--no-orphans', main, ...given.slice(isCluster ? 1 : 0)]
  const { status, error } = spawnSync(bun, args, { cwd: process.cwd(), stdio: 'inherit' })
  if (error !== undefined) throw error
  process.exitCode = status ?? 1
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = 1
}
