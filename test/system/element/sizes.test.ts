import { expect, setDefaultTimeout, test } from 'bun:test'
import { join, resolve } from 'node:path'
import { brotliCompressSync } from 'node:zlib'
import { bundlePages, readPages, servePage, writePages } from '../../../src/http/pages.ts'
import { freshDirectory } from '../../support/harness/process.ts'

setDefaultTimeout(90_000)

const root = resolve(import.meta.dir, '../../..')
const pages = await bundlePages({
  demo: join(root, 'editor-demo'),
  loader: join(root, 'editor/embed.ts'),
  frame: join(root, 'editor/frame/frame.html'),
  keeper: join(root, 'editor/offline/page-keeper.ts'),
})

function textOf(path: string): string {
  return new TextDecoder().decode(pages.get(path)?.bytes)
}

/** What is loaded with a file, and the file: whatever it imports, and so on. */
function loadedWith(path: string, found = new Set<string>()): Set<string> {
  if (found.has(path)) return found
  found.add(path)
  const imports = textOf(path).matchAll(/(?:from|import)\s*"(\/embed-assets\/[\w.-]+)"/g)
  for (const [, imported = ''] of imports) loadedWith(imported, found)
  return found
}

/** The file whose name begins so. */
function chunk(name: string): string {
  const path = [...pages.keys()].find((one) => one.startsWith(`/embed-assets/${name}-`))
  if (path === undefined) throw new Error(`there is no ${name}`)
  return path
}

function brotliBytes(paths: Iterable<string>): number {
  return [...paths]
    .map((path) => brotliCompressSync(pages.get(path)?.bytes ?? '').length)
    .reduce((sum, bytes) => sum + bytes, 0)
}

test('ELEMENT-5: loader, connection and each editor keep within their sizes', () => {
  const connected = new Set(['/embed.js', ...loadedWith(chunk('define'))])
  const beside = (name: string): number =>
    brotliBytes(loadedWith(chunk(name)).difference(connected))
  expect(brotliBytes(['/embed.js'])).toBeLessThan(3_000)
  expect(brotliBytes(connected)).toBeLessThan(40_000)
  expect(beside('rich-editor')).toBeLessThan(150_000)
  expect(beside('code-editor')).toBeLessThan(115_000)
  const [rich, code] = [chunk('rich-editor'), chunk('code-editor')].map((path) => loadedWith(path))
  for (const panel of ['comments-panel', 'chat-panel']) {
    const parts = ['panels', 'stand', panel].reduce(
      (all, name) => loadedWith(chunk(name), all),
      new Set<string>(),
    )
    const alone = parts.difference(connected).difference(rich ?? connected)
    expect(brotliBytes(alone.difference(code ?? connected)), panel).toBeLessThan(15_000)
  }
  // A loader that names an editor has it loaded with the first page.
  for (const path of connected) expect(path).not.toMatch(/rich-editor|code-editor|languages|-panel/)
})

test('ELEMENT-5: what was built is served as brotli to who takes it', async () => {
  const folder = await freshDirectory()
  await writePages(pages, folder.path)
  const built = await readPages(folder.path)
  expect([...built.keys()].toSorted()).toEqual([...pages.keys()].toSorted())
  const path = chunk('rich-editor')
  for (const [accepted, encoding] of [
    ['gzip, deflate, br, zstd', 'br'],
    ['gzip', 'gzip'],
    ['identity', null],
  ] as const) {
    const headers = { 'accept-encoding': accepted }
    const answer = servePage(built, new Request('http://a/', { headers }), path, [])
    expect(answer?.headers.get('content-encoding') ?? null).toBe(encoding)
    const sent = (await answer?.bytes()) ?? new Uint8Array()
    if (encoding === 'br') expect(sent).toEqual(built.get(path)?.brotli ?? sent.subarray(1))
  }
  await folder.remove()
})
