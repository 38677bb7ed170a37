import { join } from 'node:path'
import { bundlePages, writePages } from '../src/http/pages.ts'
import { shortStyles } from '../src/http/short-styles.ts'

// The pages as they are served, so that an installed server bundles and packs nothing.
const root = join(import.meta.dir, '..')
const pages = await bundlePages({
  demo: join(root, 'editor-demo'),
  loader: join(root, 'editor', 'embed.ts'),
  frame: join(root, 'editor', 'frame', 'frame.html'),
  keeper: join(root, 'editor', 'offline', 'page-keeper.ts'),
})
await writePages(pages, join(root, 'dist', 'pages'))

// The element as an entry of the package: what a page has anyway is the page's own. A stylesheet is
// a text in it, so that every bundler takes it.
await Bun.build({
  entrypoints: ['register', 'react', 'offline', 'inspector'].map((name) =>
    join(root, 'editor', `${name}.ts`),
  ),
  outdir: join(root, 'dist', 'editor'),
  // For browsers it would have chunks fetch each other by names that the next bundler changes.
  target: 'node',
  conditions: ['browser'],
  minify: { syntax: true, whitespace: true },
  plugins: [shortStyles],
  splitting: true,
  external: ['yjs', 'lib0', 'y-protocols', 'y-websocket', 'react'],
  naming: { entry: '[name].[ext]', chunk: '[name]-[hash].[ext]' },
})
await Bun.write(
  join(root, 'dist', 'editor', 'custom-elements.json'),
  Bun.file(join(root, 'editor', 'custom-elements.json')),
)
