import { join } from 'node:path'

/** A file of the demo, ready to be sent. */
export interface Page {
  readonly bytes: Uint8Array<ArrayBuffer>
  readonly gzipped: Uint8Array<ArrayBuffer>
  readonly type: string
  /** Whether the name changes with the content, so that it may be kept for ever. */
  readonly immutable: boolean
}

/** Files by URL path. */
export type Pages = ReadonlyMap<string, Page>

/**
 * Reads pages that were bundled before.
 * @param folder with the page itself and, in `assets`, all else
 */
export async function readPages(folder: string): Promise<Pages> {
  const pages = new Map<string, Page>()
  for await (const path of new Bun.Glob('**').scan({ cwd: folder })) {
    const file = Bun.file(join(folder, path))
    const isPage = path === 'index.html'
    const bytes = await file.bytes()
    pages.set(isPage ? '/' : `/${path.replaceAll('\\', '/')}`, pageOf(bytes, file.type, !isPage))
  }
  return pages
}

/**
 * Bundles the demo in memory: its page at `/`, everything else below `/assets/`.
 * @param entry path of the HTML file.
 * @throws AggregateError when the bundle does not build.
 */
export async function bundlePages(entry: string): Promise<Pages> {
  const build = await Bun.build({
    entrypoints: [entry],
    target: 'browser',
    minify: true,
    splitting: true,
    publicPath: '/assets/',
    naming: { entry: '[name].[ext]', chunk: '[name]-[hash].[ext]', asset: '[name]-[hash].[ext]' },
  })
  const pages = new Map<string, Page>()
  for (const output of build.outputs) {
    const bytes = new Uint8Array(await output.arrayBuffer())
    const name = output.path.replace(/^\.\//, '')
    const isPage = name.endsWith('.html')
    pages.set(isPage ? '/' : `/assets/${name}`, pageOf(bytes, output.type, !isPage))
  }
  return pages
}

function pageOf(bytes: Uint8Array<ArrayBuffer>, type: string, immutable: boolean): Page {
  return { bytes, gzipped: Bun.gzipSync(bytes), type, immutable }
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
    "img-src 'self' data:",
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
  const page = pages.get(path)
  if (page === undefined) return undefined
  const gzip = (request.headers.get('accept-encoding') ?? '').includes('gzip')
  const headers = new Headers({
    'content-type': page.type,
    'cache-control': page.immutable ? 'public, max-age=31536000, immutable' : 'no-cache',
    'content-security-policy': contentSecurityPolicy(framing),
    vary: 'accept-encoding',
  })
  if (gzip) headers.set('content-encoding', 'gzip')
  return new Response(gzip ? page.gzipped : page.bytes, { headers })
}
