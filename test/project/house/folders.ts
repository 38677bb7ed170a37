import { importsOf } from './imports.ts'
import type { SourceFile } from './source.ts'

/** What a folder may import of the checkout, besides itself. */
export interface FolderRule {
  /** Folders, or files, by path from the root; `''` is everything. */
  readonly may: readonly string[]
  /** The same, but as types only: the ports. */
  readonly types?: readonly string[]
}

const authority = 'src/auth/authority.ts'
const store = 'persistence/store.ts'
/** How what stands beside a document is called: a value that knows no store. */
const companion = 'persistence/companion.ts'

/** Who may import whom. A file belongs to the longest entry that its path begins with. */
export const folderRules: Readonly<Record<string, FolderRule>> = {
  'src/base/': { may: [] },
  'src/update/': { may: ['src/base/'] },
  'src/protocol/': { may: ['src/base/'] },
  // Batch is how updates lie in memory and are handed to a store; it is a value that knows none.
  'src/document/': {
    may: ['src/base/', 'src/update/', 'persistence/batch.ts'],
    types: [store],
  },
  'src/ydoc/': { may: ['src/base/', 'src/update/'], types: ['persistence/batch.ts'] },
  'src/presence/': { may: ['src/base/', 'src/protocol/'], types: [authority] },
  'src/storage/': {
    may: ['src/base/', 'src/update/', 'src/document/', 'persistence/batch.ts'],
    types: [store, 'src/ydoc/'],
  },
  'src/room/': {
    may: [
      'src/base/',
      'src/update/',
      'src/protocol/',
      'src/document/',
      'src/storage/',
      'src/presence/',
      'src/cluster/',
    ],
    types: [authority, store],
  },
  'src/session/': {
    may: ['src/base/', 'src/protocol/', 'src/room/'],
    types: [authority, store, 'src/update/', 'src/document/', 'src/presence/'],
  },
  'src/channel/': {
    may: ['src/base/', 'src/protocol/', 'src/update/', 'src/session/'],
    types: [authority, 'src/room/'],
  },
  'src/history/': {
    may: ['src/base/', 'src/storage/', 'src/room/', companion],
    types: ['persistence/', 'src/ydoc/'],
  },
  'src/chat/': { may: ['src/base/'], types: [authority, 'persistence/', 'src/room/'] },
  // The outbox's ids and filters are values that know no store.
  'src/events/': { may: ['src/base/', 'persistence/outbox.ts', companion] },
  'src/auth/': { may: ['src/base/', companion, 'persistence/revocations.ts'] },
  'src/cluster/': { may: ['src/base/'] },
  'src/http/': {
    may: ['src/base/', 'src/protocol/document-name.ts', companion],
    types: [authority],
  },
  'src/api/': {
    may: [
      'src/base/',
      'src/http/',
      'src/room/',
      'src/storage/',
      'src/history/',
      'src/events/',
      'src/chat/',
      'src/ydoc/comments/comment-wish.ts',
      'src/update/section.ts',
      'src/protocol/document-name.ts',
      companion,
    ],
    types: [authority, 'persistence/', 'src/ydoc/'],
  },
  // What a program has of its documents: the words of the API, and a place in the room.
  'src/documents/': {
    may: [
      'src/base/',
      'src/http/',
      'src/api/',
      'src/room/',
      'src/ydoc/',
      'src/protocol/document-name.ts',
      companion,
    ],
    types: [authority, 'persistence/', 'src/history/', 'src/storage/'],
  },
  // An entry with packages of its own: it knows of the rest what an agent may do.
  'src/mcp/': { may: ['src/base/'], types: [authority, 'src/documents/'] },
  'src/connection/': {
    may: ['src/base/', 'src/protocol/', 'src/http/', 'src/channel/', 'src/room/'],
    types: [authority, 'src/session/'],
  },
  'src/server/': {
    may: ['src/base/', 'src/protocol/', 'src/http/', 'src/channel/', 'src/connection/'],
    types: [authority, 'src/room/'],
  },
  // The browser's side: nothing of the server's may end up in a page.
  'src/client/': { may: [] },
  // The operator's tools work on stores without a server: they fold and check as the domain does.
  // `ytopic token` signs as the authority checks. Their flags are of one kind with the server's.
  'src/cli/': {
    may: [
      'src/base/',
      'src/config/',
      'src/auth/',
      'src/update/',
      'src/protocol/',
      'src/document/',
      'src/storage/',
      'src/history/',
      'src/ydoc/',
      'persistence/',
      // What a server would answer is asked of one, within the process too.
      'src/create.ts',
      'src/api/content-body.ts',
      'src/documents/agent-host.ts',
      'src/mcp/',
    ],
  },
  'src/config/': { may: ['src/base/', 'src/ydoc/content/content-wish.ts'] },
  // Each tool tells its own flags.
  'src/config.ts': { may: ['src/base/', 'src/cli/', 'src/config/'] },
  'src/main.ts': { may: [''] },
  'src/create.ts': { may: [''] },
  'src/parts.ts': { may: [''] },
  'src/ytopic.ts': { may: [''] },
  'persistence/': { may: [] },
  // What a page knows of the server it knows by the package, `ytopic/client`.
  'editor/': { may: [] },
  'editor-demo/': { may: ['editor/'] },
  'examples/': { may: [] },
  // Which main to run is decided there.
  'bin/': { may: ['src/main.ts', 'dist/src/main.js', 'package.json'] },
  'scripts/': { may: ['bin/', 'src/http/pages.ts', 'src/http/short-styles.ts'] },
  'test/': { may: [''] },
  'bench/': { may: [''] },
}

/** Every import that goes against the arrows, one sentence each. */
export function folderViolations(file: SourceFile): readonly string[] {
  const home = homeOf(file.path)
  if (home === undefined) return [`${file.path} is in no folder that the table knows`]
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
