import { RefusalError } from '../base/errors.ts'
import { readDocumentName } from '../protocol/document-name.ts'
import type { Method, Route } from './route.ts'

/** What a path leads to. */
export type Found =
  | {
      readonly kind: 'route'
      readonly route: Route
      readonly params: Readonly<Record<string, string>>
    }
  /** There is such a path, but not with that method. */
  | { readonly kind: 'method'; readonly allow: readonly string[] }
  | { readonly kind: 'nothing' }

interface Entry {
  readonly segments: readonly string[]
  readonly route: Route
}

/** Finds the row of the table that a request is for; paths are taken as they came. */
export class Router {
  readonly #entries: readonly Entry[]
  readonly routes: readonly Route[]

  constructor(routes: readonly Route[]) {
    this.routes = routes
    this.#entries = routes.map((route) => ({ segments: route.path.split('/'), route }))
  }

  /**
   * @throws RefusalError `bad-name` or `bad-request` when a parameter does not decode
   */
  find(method: string, path: string): Found {
    const parts = path.split('/')
    const entries = this.#entries.flatMap((entry) => {
      const given = aligned(entry.segments, parts)
      return fits(entry.segments, given) ? [{ ...entry, given }] : []
    })
    if (entries.length === 0) return { kind: 'nothing' }
    // A word goes before a parameter: `/documents/:doc/revoke` before `/documents/:doc/:x`.
    const best = Math.max(...entries.map(({ segments }) => words(segments)))
    const same = entries.filter(({ segments }) => words(segments) === best)
    const wanted = method === 'HEAD' ? 'GET' : method
    const entry = same.find(({ route }) => route.method === wanted)
    if (entry === undefined) {
      const methods = same.map(({ route }) => route.method)
      return { kind: 'method', allow: allowOf(methods) }
    }
    return { kind: 'route', route: entry.route, params: paramsOf(entry.segments, entry.given) }
  }
}

/** The methods as `Allow` has them. */
function allowOf(methods: readonly Method[]): readonly string[] {
  return [...(methods.includes('GET') ? ['HEAD'] : []), ...methods, 'OPTIONS']
}

/** The path's segments; a parameter that ends in `*` takes as many as the others leave. */
function aligned(segments: readonly string[], given: readonly string[]): readonly string[] {
  const many = segments.findIndex((segment) => segment.endsWith('*'))
  const more = given.length - segments.length
  if (many < 0 || more <= 0) return given
  const name = given.slice(many, many + more + 1).join('/')
  return [...given.slice(0, many), name, ...given.slice(many + more + 1)]
}

function fits(segments: readonly string[], given: readonly string[]): boolean {
  if (segments.length !== given.length) return false
  return segments.every((segment, at) => {
    const value = given[at] ?? ''
    return segment.startsWith(':') ? value !== '' : segment === value
  })
}

function words(segments: readonly string[]): number {
  return segments.filter((segment) => !segment.startsWith(':')).length
}

function paramsOf(
  segments: readonly string[],
  given: readonly string[],
): Readonly<Record<string, string>> {
  return Object.fromEntries(
    segments.flatMap((segment, at) => {
      if (!segment.startsWith(':')) return []
      const value = given[at] ?? ''
      const name = segment.replace(/^:|\*$/g, '')
      return [[name, name === 'doc' ? documentName(value) : decoded(value)]]
    }),
  )
}

function documentName(encoded: string): string {
  const verdict = readDocumentName(encoded)
  if (verdict.kind === 'bad-name') throw new RefusalError('bad-name', verdict.reason)
  return verdict.name
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment)
  } catch {
    throw new RefusalError('bad-request', 'The path is not valid percent-encoded UTF-8.')
  }
}
