import { posix } from 'node:path'
import { type Cut, cut, type SourceFile } from './source.ts'

/** One module that a file names: in an import, a re-export, `import()` or `new URL`. */
export interface Import {
  /** As it is written. */
  readonly specifier: string
  /** For a relative one the path from the root; for a package its specifier. */
  readonly target: string
  readonly relative: boolean
  /** `type` leaves nothing behind at run time. */
  readonly kind: 'type' | 'value'
}

/** What stands before the quote of a module's name. */
const statement = /(?:^|[^\w$.])(?:(import|export)\s+(type\s+)?([^;'"`]*?)from\s*|import\s*)$/
const dynamic = /(?:^|[^\w$.])(import|require|import\.meta\.resolve)\s*\(\s*$/
const byAddress = /(?:^|[^\w$.])new\s+URL\s*\(\s*$/

/** Every module that the file names. */
export function importsOf(file: SourceFile): readonly Import[] {
  const parts = cut(file.text)
  return parts.literals.flatMap((literal) => {
    const kind = kindOf(parts, literal.at)
    return kind === undefined ? [] : [resolve(file.path, literal.value, kind)]
  })
}

function kindOf({ code }: Cut, at: number): Import['kind'] | 'address' | undefined {
  const before = code.slice(Math.max(0, at - 4000), at)
  const found = statement.exec(lastStatement(before))
  if (found !== null) {
    const [, , type, names = ''] = found
    return type !== undefined || onlyTypes(names) ? 'type' : 'value'
  }
  if (dynamic.test(before)) return 'value'
  const after = code.slice(at).replace(/^(['"`])\s*\1/, '')
  return byAddress.test(before) && /^\s*,\s*import\.meta/.test(after) ? 'address' : undefined
}

/** From the last `import` or `export` on, as names of an import hold neither. */
function lastStatement(before: string): string {
  const at = Math.max(
    ...[...before.matchAll(/\b(?:import|export)\b/g)].map(({ index }) => index),
    0,
  )
  return before.slice(Math.max(0, at - 1))
}

/** `{ type A, type B }` */
function onlyTypes(names: string): boolean {
  const inside = /^\s*\{([\s\S]*)\}\s*$/.exec(names)?.[1]
  if (inside === undefined) return false
  const each = inside.split(',').filter((name) => name.trim() !== '')
  return each.length > 0 && each.every((name) => /^\s*type\s/.test(name))
}

function resolve(path: string, specifier: string, kind: Import['kind'] | 'address'): Import {
  const relative = kind === 'address' || /^\.{1,2}(?:\/|$)/.test(specifier)
  const target = relative ? posix.join(posix.dirname(path), specifier) : specifier
  return { specifier, target, relative, kind: kind === 'address' ? 'value' : kind }
}
