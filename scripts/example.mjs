// `npm run example NAME`: starts examples/NAME.
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './install.mjs'
import { runMain } from './run-main.mjs'

const [name = '', ...rest] = process.argv.slice(2)
const folders = readdirSync(join(root, 'examples'), { withFileTypes: true })
const names = folders.filter((entry) => entry.isDirectory()).map((entry) => entry.name)
if (names.includes(name)) {
  process.argv.splice(2, Infinity, ...rest)
  runMain('examples', name, 'server.ts')
} else {
  process.stderr.write(`npm run example NAME; there are ${names.join(', ')}\n`)
  process.exitCode = 2
}
