import type { BunPlugin } from 'bun'
import { join } from 'node:path'
import { compile } from 'svelte/compiler'
import { compileScript, parse } from 'vue/compiler-sfc'

/** With Vite it is `vue({ template: { compilerOptions: { isCustomElement } } })`. */
const vue: BunPlugin = {
  name: 'vue',
  setup(build) {
    build.onLoad({ filter: /\.vue$/ }, async ({ path }) => {
      const { descriptor } = parse(await Bun.file(path).text(), { filename: path })
      const { content } = compileScript(descriptor, {
        id: path,
        inlineTemplate: true,
        templateOptions: {
          compilerOptions: { isCustomElement: (tag) => tag.startsWith('ytopic-') },
        },
      })
      return { contents: content, loader: 'ts' }
    })
  },
}

/** Svelte needs to be told nothing. */
const svelte: BunPlugin = {
  name: 'svelte',
  setup(build) {
    build.onLoad({ filter: /\.svelte$/ }, async ({ path }) => {
      const { js } = compile(await Bun.file(path).text(), { filename: path })
      return { contents: js.code, loader: 'js' }
    })
  },
}

/** The pages' scripts by their names; what an editor needs is loaded when it is needed. */
export async function buildScripts(): Promise<ReadonlyMap<string, Blob>> {
  const pages = ['plain.ts', 'react.tsx', 'vue.ts', 'svelte.ts']
  const { outputs } = await Bun.build({
    entrypoints: pages.map((file) => join(import.meta.dir, file)),
    target: 'browser',
    splitting: true,
    define: { 'process.env.NODE_ENV': '"production"' },
    plugins: [vue, svelte],
  })
  return new Map(outputs.map((output) => [output.path.replace(/^.*\//, ''), output]))
}
