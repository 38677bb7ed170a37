import { join } from 'node:path'
import { bundlePages } from '../src/http/pages.ts'

// The pages as they are served, so that an installed server bundles nothing.
const root = join(import.meta.dir, '..')
const pages = await bundlePages(join(root, 'editor-demo', 'index.html'))
for (const [path, { bytes }] of pages) {
  const name = path === '/' ? 'index.html' : path.slice(1)
  await Bun.write(join(root, 'dist', 'pages', name), bytes)
}
