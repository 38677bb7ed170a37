import { dirname, resolve } from 'node:path'
import type { BunPlugin } from 'bun'

const namespace = 'short-styles'

/**
 * Shortens the stylesheets that scripts hold as texts, as a bundle does the scripts. Bun's own way
 * puts variables for `light-dark()`, which are only set where a page is dark as a whole.
 */
export const shortStyles: BunPlugin = {
  name: namespace,
  setup(build) {
    build.onResolve({ filter: /^\..*\.css$/ }, ({ importer, path }) => {
      // A page links the others.
      if (!importer.endsWith('.ts')) return undefined
      return { path: resolve(dirname(importer), path), namespace }
    })
    build.onLoad({ filter: /\.css$/, namespace }, async ({ path }) => {
      // No part of what is installed, which holds the pages as they were bundled.
      const { transform } = await import('lightningcss')
      const source = await Bun.file(path).bytes()
      const { code } = transform({ filename: path, code: source, minify: true })
      return { contents: code, loader: 'text' }
    })
  },
}
