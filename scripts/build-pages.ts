import { join } from 'node:path'
import { bundlePages, writePages } from '../src/http/pages.ts'

// The pages as they are served, so that an installed server bundles and packs nothing.
const root = join(import.meta.dir, '..')
const pages = await bundlePages({
  page: join(root, 'editor-demo', 'index.html'),
  loader: join(root, 'editor', 'embed.ts'),
  frame: join(root, 'editor', 'frame', 'frame.html'),
})
await writePages(pages, join(root, 'dist', 'pages'))
