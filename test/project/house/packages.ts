import { importsOf } from './imports.ts'
import { cut, type SourceFile } from './source.ts'

/** Who may import any package that is installed. */
const free = ['editor/', 'editor-demo/', 'examples/', 'test/', 'bench/', 'scripts/', 'bin/']

/** The edge of the process: sockets, files, threads. */
const edge = [
  'src/connection/',
  'src/server/',
  'src/http/',
  'src/api/',
  'src/cli/',
  'src/main.ts',
  // What webhooks are told leaves here.
  'src/events/sending/',
  // And what servers tell each other.
  'src/cluster/',
  'src/create.ts',
  'src/ytopic.ts',
  'src/config.ts',
  'src/config/',
  'persistence/',
]

/** Who else may import which package: a specifier and all that is under it, and by whom. */
const packageRules: readonly (readonly [specifier: RegExp, places: readonly string[]])[] = [
  [/^yjs$/, ['src/ydoc/', 'src/client/', 'src/cli/transfer/y-leveldb.d.ts']],
  [/^(?:lib0|y-protocols)(?:\/|$)/, ['src/protocol/', 'src/update/', 'src/client/']],
  // Reads the documents of another system, where somebody has installed it for that.
  [/^y-leveldb$/, ['src/cli/transfer/from-y-leveldb.ts']],
  // What signs and checks tokens is not written again.
  [/^jose$/, ['src/auth/']],
  // Requests are read by schemas, from which the reference is made; what is answered to tools; and
  // what an application says of its documents.
  [
    /^zod$/,
    [
      'src/http/',
      'src/api/',
      'src/cli/online/',
      'src/mcp/',
      'src/documents/agent-host.ts',
      'src/ydoc/markup/check-markup.ts',
    ],
  ],
  // What agents speak; who wants them installs it.
  [/^@modelcontextprotocol\/sdk(?:\/|$)/, ['src/mcp/']],
  [/^diff$/, ['src/ydoc/']],
  // The pages are bundled in the checkout, where all tools are.
  [/^lightningcss$/, ['src/http/short-styles.ts']],
  [/^prom-client$/, ['src/api/']],
  [/^(?:mdast|micromark)\b|^parse5$/, ['src/ydoc/markup/']],
  // The product's own version.
  [/^ytopic\/package\.json$/, ['src/main.ts', 'src/mcp/tools.ts']],
  [/^bun(?::|$)/, edge],
  // Documents are built in threads of their own; those two files are all there is of it.
  [/^node:(?:worker_threads|os)$/, [...edge, 'src/ydoc/thread.ts', 'src/ydoc/worker.ts']],
  // Long text is looked at by the machine's own means.
  [/^node:buffer$/, [...edge, 'src/update/bytes/cursor.ts']],
  // Versions are kept compressed, contents compared by their hashes, and what documents begin with
  // written by a client of its hash.
  [/^node:zlib$/, [...edge, 'src/ydoc/packed.ts']],
  [/^node:crypto$/, [...edge, 'src/ydoc/fold/canonical.ts', 'src/ydoc/look.ts', 'src/documents/']],
  [/^node:/, edge],
]

/** Every use of a package, of Bun or of Node where it has no business, one sentence each. */
export function packageViolations({ path, text }: SourceFile): readonly string[] {
  if (isIn(path, free)) return []
  const imported = importsOf({ path, text }).flatMap(({ specifier, relative }) => {
    if (relative) return []
    const places = packageRules.find(([pattern]) => pattern.test(specifier))?.[1]
    return isIn(path, places ?? []) ? [] : [`${path} may not import ${specifier}`]
  })
  const usesBun = /(?<![\w$.])Bun\b/.test(cut(text).code)
  return usesBun && !isIn(path, edge) ? [...imported, `${path} may not use Bun`] : imported
}

function isIn(path: string, places: readonly string[]): boolean {
  return places.some((place) => path.startsWith(place))
}
