import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { SourceFile } from './source.ts'

/** The root of the checkout. */
export const root = join(import.meta.dir, '..', '..', '..')

/** What .gitignore keeps out, and git's own. */
const notOurs = /(?:^|\/)(?:node_modules|\.git|\.cache)$|^d(?:ata|ist)$|^test\/screenshots$|\.log$/
const binary = /\.(?:png|jpe?g|gif|ico|webp|woff2?|bin|gz|zip|sqlite|db)$/

/** Every text file of the checkout. */
export function allFiles(): readonly SourceFile[] {
  return pathsIn('')
    .filter((path) => !binary.test(path))
    .map(read)
}

/** Every file of code: TypeScript, and the scripts. */
export function codeFiles(): readonly SourceFile[] {
  return allFiles().filter(({ path }) => /\.(?:ts|mjs)$/.test(path))
}

/** One file by its path from the root. */
export function read(path: string): SourceFile {
  return { path, text: readFileSync(join(root, path), 'utf8') }
}

function pathsIn(folder: string): readonly string[] {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = folder === '' ? entry.name : `${folder}/${entry.name}`
    if (notOurs.test(path)) return []
    if (entry.isDirectory()) return pathsIn(path)
    return entry.isFile() ? [path] : []
  })
}
