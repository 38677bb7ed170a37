// `npm start -- ...args`: serves; installs first what is missing.
import { join } from 'node:path'
import { runOnBun } from '../bin/run-on-bun.mjs'
import { bun, ensureInstalled, root } from './install.mjs'

try {
  ensureInstalled()
  runOnBun(bun, [join(root, 'src', 'main.ts'), 'serve', ...process.argv.slice(2)])
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : error}\n`)
  process.exitCode = 1
}
