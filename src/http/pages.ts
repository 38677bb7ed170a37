import { join } from 'node:path'
import { brotliCompressSync } from 'node:zlib'
import { shortStyles } from './short-styles.ts'

/** A file of our pages, ready to be sent. */
export interface Page {
  readonly bytes: Uint8Array<ArrayBuffer>
  readonly gzipped: Uint8Array<ArrayBuffer>
  /** Smaller, and slow to make: it is there where the pages were built before. */
  readonly brotli?: Uint8Array<ArrayBuffer> | undefined
  readonly type: string
  /** Whether the name changes with the content, so that it may be kept for ever. */
  readonly immutable: boolean
  /** Whether pages of every site may load it: it is code for them, and nothing of a document. */
  readonly shared?: boolean | undefined
}

/** Files by URL path. */
export type Pages = ReadonlyMap<string, Page>

/** The loader of the element. Its address is in other people's pages. */
const loader = '/embed.js'

/** What the loader loads, under names that change with the content. */
const loaded = '/embed-assets/'

/** The page of one document alone, for frames; behind it stands the document's name. */
const framed = '/embed/'

/** What keeps pages on a device: its address says for which it may. */
const keeper = '/page-keeper.js'

/** The page of one document, likewise. */
const documentPages = '/d/'

/** What has an address of its own, by the names of the files. */
const places: Readonly<Record<string, string>> = {
  'start.html': '/',
  'document.html': documentPages,
  'lab.html': '/lab/',
  'frame.html': framed,
  'page-keeper.js': keeper,
}

/** How long a site may go on with a loader that it has. */
const loaderSecondsMax = 300

/** Ending of the files that hold another file's brotli. */
const brotliEnding = '.br'

/**
 * Reads pages that were bundled before.
 * @param folder as `writePages` has left it
 */
export async function readPages(folder: string): Promise<Pages> {
  const pages = new Map<string, Page>()
  for await (const found of new Bun.Glob('**').scan({ cwd: folder })) {
    const name = found.replaceAll('\\', '/')
    if (name.endsWith(brotliEnding)) continue
    const file = Bun.file(join(folder, name))
    const packed = Bun.file(join(folder, `${name}${brotliEnding}`))
    const brotli = (await packed.exists()) ? await packed.bytes() : undefined
    const path = `/${name}`.replace(/index\.html$/, '')
    pages.set(path, { ...pageOf(path, await file.bytes(), file.type), brotli })
  }
  return pages
}

/** Writes pages, with their brotli, to where `readPages` reads them. */
export async function writePages(pages: Pages, folder: string): Promise<void> {
  for (const [path, { bytes }] of pages) {
    const file = join(folder, path.endsWith('/') ? `${path}index.html` : path)
    await Bun.write(file, bytes)
    await Bun.write(`${file}${brotliEnding}`, brotliCompressSync(bytes))
  }
}

/** Where the sources of the pages are. */
export interface PageSources {
  /** The folder with the pages at `/`, `/d/NAME` and `/lab`. */
  readonly demo: string
  /** The script at `/embed.js`. */
  readonly loader: string
  /** The HTML file of the page below `/embed/`. */
  readonly frame: string
  /** The service worker at `/page-keeper.js`. */
  readonly keeper: string
}

/**
 * Bundles in memory the pages, everything else of them below `/assets/`, and the element for pages
 * of other sites.
 * @throws AggregateError when a bundle does not build.
 */
export async function bundlePages(sources: PageSources): Promise<Pages> {
  const [page, element] = await Promise.all([
    bundle(
      ['start/start.html', 'document/document.html', 'lab.html'].map((name) =>
        join(sources.demo, name),
      ),
      '/assets/',
    ),
    bundle([sources.loader, sources.frame, sources.keeper], loaded),
  ])
  const pages = new Map<string, Page>()
  for (const [name, output] of [...page, ...element]) {
    const path = places[name.replace(/^.*\//, '')] ?? name
    pages.set(path, pageOf(path, new Uint8Array(await output.arrayBuffer()), output.type))
  }
  return pages
}

/** What a bundle is made of, by its path. */
async function bundle(
  entrypoints: string[],
  root: string,
): Promise<Map<string, Bun.BuildArtifact>> {
  const build = await Bun.build({
    entrypoints,
    target: 'browser',
    minify: true,
    plugins: [shortStyles],
    splitting: true,
    publicPath: root,
    naming: { entry: '[name].[ext]', chunk: '[name]-[hash].[ext]', asset: '[name]-[hash].[ext]' },
  })
  return new Map(
    build.outputs.map((output) => {
      const name = output.path.replace(/^\.\//, '')
      return [`/${name}` === loader ? loader : `${root}${name}`, output]
    }),
  )
}

function pageOf(path: string, bytes: Uint8Array<ArrayBuffer>, type: string): Page {
  const immutable = path.startsWith(loaded) || path.startsWith('/assets/')
  const shared = path.startsWith(loaded) || path === loader
  return { bytes, gzipped: Bun.gzipSync(bytes), type, immutable, shared }
}

/**
 * The demo's own page may run its own scripts only. Editors set styles on elements, hence
 * `unsafe-inline` for styles. Sites that may use this server may show it in a frame.
 */
const contentSecurityPolicy = (framing: readonly string[]): string =>
  [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self' 'unsafe-inline'",
    // A text may show pictures from anywhere.
    "img-src 'self' data: https:",
    "font-src 'self'",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "object-src 'none'",
    `frame-ancestors ${["'self'", ...framing].join(' ')}`,
  ].join('; ')

/** Answers a GET or HEAD for a page; undefined when there is none at that path. */
export function servePage(
  pages: Pages,
  request: Request,
  path: string,
  framing: readonly string[],
): Response | undefined {
  const page = pages.get(placeOf(path))
  if (page === undefined) return undefined
  const { bytes, encoding } = packedFor(page, request.headers.get('accept-encoding') ?? '')
  const headers = new Headers({
    'content-type': page.type,
    'cache-control': cachingOf(page),
    'content-security-policy': contentSecurityPolicy(framing),
    vary: 'accept-encoding',
  })
  if (encoding !== undefined) headers.set('content-encoding', encoding)
  if (page.shared === true) {
    headers.set('access-control-allow-origin', '*')
    headers.set('cross-origin-resource-policy', 'cross-origin')
  }
  return new Response(bytes, { headers })
}

/** Where the page for a path is kept: the name of a document is the page's own affair. */
function placeOf(path: string): string {
  if (path === '/lab') return '/lab/'
  const named = [framed, documentPages].find((place) => path.startsWith(place) && path !== place)
  return named !== undefined && !path.slice(named.length).includes('/') ? named : path
}

function cachingOf({ immutable, shared }: Page): string {
  if (immutable) return 'public, max-age=31536000, immutable'
  return shared === true ? `public, max-age=${loaderSecondsMax}` : 'no-cache'
}

/** A page in the smallest form that a browser takes. */
function packedFor(
  { brotli, bytes, gzipped }: Page,
  accepted: string,
): { readonly bytes: Uint8Array<ArrayBuffer>; readonly encoding?: string } {
  const taken = new Set(accepted.split(',').map((coding) => coding.split(';')[0]?.trim()))
  if (brotli !== undefined && taken.has('br')) return { bytes: brotli, encoding: 'br' }
  return taken.has('gzip') ? { bytes: gzipped, encoding: 'gzip' } : { bytes }
}
