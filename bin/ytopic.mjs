#!/usr/bin/env node
// The command `ytopic ...args`: runs the server and its tools on Bun.
import { existsSync } from 'node:fs'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { findBun } from './find-bun.mjs'
import { runOnBun } from './run-on-bun.mjs'

// In a checkout there is the source, in the package only what was built of it.
const source = fileURLToPath(new URL('../src/main.ts', import.meta.url))
const built = fileURLToPath(new URL('../dist/src/main.js', import.meta.url))

const found = findBun()
if (found.kind === 'found') {
  runOnBun(found.bun, [existsSync(source) ? source : built, ...process.argv.slice(2)])
} else {
  process.stderr.write(`ytopic: ${found.reason}\n`)
  process.exitCode = 1
}
