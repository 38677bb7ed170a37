import { importsOf } from './imports.ts'
import type { SourceFile } from './source.ts'

/**
 * Files that import each other in a circle, types counted: each circle once, as the paths in it.
 * Linear in files and imports (Tarjan's strongly connected components).
 */
export function circlesOf(files: readonly SourceFile[]): readonly (readonly string[])[] {
  const known = new Set(files.map(({ path }) => path))
  const imports = new Map(
    files.map((file) => [
      file.path,
      importsOf(file).flatMap(({ relative, target }) =>
        relative && known.has(target) && target !== file.path ? [target] : [],
      ),
    ]),
  )
  const search = new Search(imports)
  for (const { path } of files) search.visit(path)
  return search.circles
}

class Search {
  readonly circles: (readonly string[])[] = []
  readonly #imports: ReadonlyMap<string, readonly string[]>
  readonly #index = new Map<string, number>()
  readonly #stack: string[] = []

  constructor(imports: ReadonlyMap<string, readonly string[]>) {
    this.#imports = imports
  }

  /** @returns the lowest index that the file reaches and that is not in a circle found before */
  visit(path: string): number {
    const known = this.#index.get(path)
    if (known !== undefined) return this.#stack.includes(path) ? known : Infinity
    const index = this.#index.size
    this.#index.set(path, index)
    this.#stack.push(path)
    const reached = (this.#imports.get(path) ?? []).map((target) => this.visit(target))
    const lowest = Math.min(index, ...reached)
    if (lowest === index) {
      const circle = this.#stack.splice(this.#stack.indexOf(path))
      if (circle.length > 1) this.circles.push(circle.toSorted())
    }
    return lowest
  }
}
