// `npm run build`, and before every `npm pack`: src and persistence as JavaScript with types and
// source maps, and the pages, all in dist.
import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { bun, ensureInstalled, root } from './install.mjs'

const dist = join(root, 'dist')

try {
  ensureInstalled()
  rmSync(dist, { recursive: true, force: true })
  run(join(root, 'node_modules', '.bin', 'tsc'), ['--project', 'tsconfig.build.json'])
  run(join(root, 'node_modules', '.bin', 'tsc'), ['--project', 'tsconfig.editor.json'])
  // It comes with what main.ts reads of it; the one that counts is the package's own.
  rmSync(join(dist, 'package.json'))
  for (const path of readdirSync(dist, { recursive: true, encoding: 'utf8' })) {
    if (/\.(?:js|d\.ts)$/.test(path)) pointToBuilt(join(dist, path))
  }
  run(bun, [join('scripts', 'build-pages.ts')])
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = 1
}

/**
 * The compiler renames what is imported, but neither in declarations nor where a worker is named by
 * its address.
 * @param {string} file
 */
function pointToBuilt(file) {
  const text = readFileSync(file, 'utf8')
  const pointed = file.endsWith('.d.ts')
    ? text.replaceAll(/(?<=['"]\.{1,2}\/[^'"\n]*)\.ts(?=['"])/g, '.js')
    : text.replaceAll(/(?<=new URL\('\.\/[^'\n]*)\.ts(?=', import\.meta\.url\))/g, '.js')
  if (pointed !== text) writeFileSync(file, pointed)
}

/**
 * @param {string} command
 * @param {readonly string[]} args
 */
function run(command, args) {
  const { status, error } = spawnSync(command, args, { cwd: root, stdio: ['ignore', 2, 2] })
  if (status !== 0) throw new Error(`${command} failed: ${error?.message ?? `code ${status}`}`)
}
