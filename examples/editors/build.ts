import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { BunPlugin } from 'bun'

/** y-monaco asks for a path that Monaco's package no longer shows. */
const monacoPath: BunPlugin = {
  name: 'monaco path',
  setup(build) {
    build.onResolve({ filter: /^monaco-editor\/esm\/vs\/editor\/editor\.api/ }, () => ({
      path: Bun.resolveSync('monaco-editor', import.meta.dir),
    }))
  },
}

const pages = new Map<string, Promise<void>>()
const files = new Map<string, Blob>()

/** A file of an editor's page, built with all that belongs to it when it is first asked for. */
export async function built(file: string): Promise<Response> {
  const [name = ''] = file.split('.')
  const path = source(name)
  if (path !== undefined && !pages.has(name)) pages.set(name, build(name, path))
  await pages.get(name)
  const found = files.get(file)
  return found === undefined ? new Response('', { status: 404 }) : new Response(found)
}

async function build(name: string, path: string): Promise<void> {
  const { outputs } = await Bun.build({
    entrypoints: [path],
    target: 'browser',
    naming: { entry: `${name}.[ext]`, asset: '[name]-[hash].[ext]' },
    publicPath: '/built/',
    define: { 'process.env.NODE_ENV': '"production"' },
    plugins: [monacoPath],
  })
  for (const output of outputs) files.set(output.path.replace(/^.*\//, ''), output)
}

function source(name: string): string | undefined {
  if (name === 'monaco-worker') {
    return Bun.resolveSync('monaco-editor/editor/editor.worker.js', import.meta.dir)
  }
  const page = join(import.meta.dir, name)
  return [`${page}.tsx`, `${page}.ts`].find((path) => existsSync(path))
}
