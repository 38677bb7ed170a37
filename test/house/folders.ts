import { importsOf } from './imports.ts'
import type { SourceFile } from './source.ts'

/** What a folder may import of the checkout, besides itself. */
interface FolderRule {
  /** Folders, or files, by path from the root; `''` is everything. */
  readonly may: readonly string[]
  /** The same, but as types only: the ports. */
  readonly types?: readonly string[]
}

const ports = [
  'persistence/store.ts',
  'persistence/batch.ts',
  'persistence/store-error.ts',
  'src/auth/authority.ts',
  'src/cluster/bus.ts',
]

/** Who may import whom. A file belongs to the longest entry that its path begins with. */
const folderRules: Readonly<Record<string, FolderRule>> = {
  'src/base/': { may: [] },
  'src/protocol/': { may: ['src/base/'] },
  // Batch is how the journal hands bytes over; it is a value that knows no store.
  'src/document/': {
    may: ['src/base/', 'src/protocol/', 'persistence/batch.ts'],
    types: ports,
  },
  'src/auth/': { may: ['src/base/'] },
  'src/cluster/': { may: ['src/base/'] },
  'src/server/': {
    may: ['src/base/', 'src/protocol/', 'src/document/'],
    types: [...ports, 'src/config.ts'],
  },
  // The browser's side: nothing of the server's may end up in a page.
  'src/client/': { may: [] },
  // The operator's tools work on stores without a server: they fold and check as the domain does.
  // `ytopic token` signs as the authority checks.
  'src/cli/': {
    may: ['src/base/', 'src/auth/', 'src/protocol/', 'src/document/', 'persistence/'],
  },
  'src/config/': { may: ['src/base/'] },
  // Each tool tells its own flags.
  'src/config.ts': { may: ['src/base/', 'src/cli/', 'src/config/'] },
  'src/main.ts': { may: [''] },
  'src/ytopic.ts': { may: [''] },
  'persistence/': { may: [] },
  'editor-demo/': { may: [] },
  'scripts/': { may: [] },
  'test/': { may: [''] },
  'bench/': { may: [''] },
}

/** Every import that goes against the arrows, one sentence each. */
export function folderViolations(file: SourceFile): readonly string[] {
  const home = homeOf(file.path)
  if (home === undefined) return [`${file.path} is in no folder that test/house/folders.ts knows`]
  const rule = folderRules[home] ?? { may: [] }
  return importsOf(file).flatMap(({ relative, target, kind }) => {
    const begins = (place: string): boolean => target.startsWith(place)
    if (!relative || begins(home) || rule.may.some(begins)) return []
    if (kind === 'type' && rule.types?.some(begins) === true) return []
    return [`${file.path} may not import ${target}${kind === 'type' ? ' (not even types)' : ''}`]
  })
}

function homeOf(path: string): string | undefined {
  const homes = Object.keys(folderRules).filter((place) => path.startsWith(place))
  return homes.toSorted((a, b) => b.length - a.length)[0]
}
