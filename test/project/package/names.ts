import { posix } from 'node:path'

/** A name as its own module exports it. */
interface Name {
  readonly module: string
  readonly name: string
}

/** What one declaration file brings in and hands out, by the names that it uses. */
interface Module {
  readonly text: string
  readonly imported: ReadonlyMap<string, Name>
  readonly exported: ReadonlyMap<string, Name>
}

/**
 * The names that declarations of exported types mention and that no entry exports, one sentence
 * each: nobody could write such a type down.
 * @param entries paths of the entries' declaration files
 * @param read the text of a declaration file
 */
export function namelessTypes(
  entries: readonly string[],
  read: (path: string) => string,
): readonly string[] {
  const modules = new Map<string, Module>()
  const moduleAt = (path: string): Module => {
    const module = modules.get(path) ?? parse(path, read(path))
    modules.set(path, module)
    return module
  }
  /** Follows a name to where it is declared. */
  const origin = ({ module, name }: Name): Name => {
    const next = moduleAt(module).exported.get(name)
    return next === undefined || next.module === module ? { module, name } : origin(next)
  }
  const keyOf = (name: Name): string => Object.values(origin(name)).join(' ')
  const named = entries.flatMap((path) => [...moduleAt(path).exported.values()].map(origin))
  const known = new Set(named.map(keyOf))
  return named.flatMap(({ module, name }) => {
    const { text, imported } = moduleAt(module)
    const declaration = declarationOf(text, name)
    return [...imported]
      .filter(([used]) => new RegExp(String.raw`\b${used}\b`).test(declaration))
      .filter(([, target]) => !known.has(keyOf(target)))
      .map(([used]) => `${name} of ${module} mentions ${used}, which nobody can name`)
  })
}

function parse(path: string, commented: string): Module {
  const text = commented.replaceAll(/\/\*[\s\S]*?\*\//g, '')
  const imported = new Map<string, Name>()
  const exported = new Map<string, Name>()
  const clause = /^(import|export) (?:type )?\{([^}]*)\}(?: from '(\.[^']*)')?/gm
  for (const [, word, names = '', from] of text.matchAll(clause)) {
    const target = from && posix.join(posix.dirname(path), from.replace(/\.js$/, '.d.ts'))
    for (const each of names.split(',')) {
      const [name = '', alias = name] = each
        .trim()
        .replace(/^type /, '')
        .split(' as ')
      if (name === '') continue
      const found = { module: target ?? path, name }
      // What another package exports can be named by its name there.
      if (word === 'import') {
        if (target !== undefined) imported.set(alias, found)
      } else exported.set(alias, target === undefined ? (imported.get(name) ?? found) : found)
    }
  }
  const declared =
    /^export (?:declare )?(?:abstract )?(?:interface|type|class|function|const) (\w+)/gm
  for (const [, name = ''] of text.matchAll(declared)) exported.set(name, { module: path, name })
  return { text, imported, exported }
}

/** From the declaration of a name up to the next one. */
function declarationOf(text: string, name: string): string {
  const parts = text.split(/^(?=export |declare |interface |type |class )/m)
  const own = new RegExp(String.raw`(?:interface|type|class|function|const) ${name}\b`)
  return parts.filter((part) => own.test(part.split('\n', 1)[0] ?? '')).join('')
}
