import { type Ask, documentPath } from '../../editor/link/api.ts'

/** Who wrote something, as the server knows them. */
export interface Author {
  readonly id: string
  readonly name: string | null
  readonly color: string | null
}

/** A kept state of a document. */
export interface Version {
  readonly id: string
  readonly time: string
  readonly kind: string
  readonly name: string | null
  readonly authors: readonly Author[]
  /** Of its content. */
  readonly bytes: number
}

/** Some versions, newest first, and from where older ones are listed; null where none are. */
export interface VersionPage {
  readonly versions: readonly Version[]
  readonly next: string | null
}

/** What became of a piece of the text. */
export interface Piece {
  readonly op: 'same' | 'added' | 'removed' | 'changed'
  readonly text?: string
  readonly embed?: unknown
  readonly type?: string
  readonly attributes?: Readonly<Record<string, unknown>>
  readonly children?: readonly Piece[]
  readonly by?: Author | null
  readonly removedBy?: Author | null
}

/** What became of the text or the code. */
export type Changes = { readonly blocks: readonly Piece[] } | { readonly spans: readonly Piece[] }

/** The versions of a document, over the server's API. */
export class Versions {
  readonly #ask: Ask
  readonly #document: string
  readonly #root: string

  constructor(ask: Ask, document: string, root: string) {
    this.#ask = ask
    this.#document = document
    this.#root = root
  }

  /** The newest ones, or those that are older than another; all, or those with a name. */
  list(after: string | undefined, isNamedOnly: boolean): Promise<VersionPage> {
    const from = after === undefined ? '' : `&after=${encodeURIComponent(after)}`
    return this.#send('GET', `?limit=100${from}${isNamedOnly ? '&named=true' : ''}`)
  }

  keep(): Promise<Version> {
    return this.#send('POST', '', {})
  }

  name(id: string, name: string): Promise<Version> {
    return this.#send('PATCH', `/${id}`, { name: name === '' ? null : name })
  }

  /** What changed from a version, or from nothing, to another. */
  changes(from: string, to: string): Promise<Changes> {
    return this.#send('GET', `/${from}/diff/${to}?root=${encodeURIComponent(this.#root)}`)
  }

  /** Makes the document what it was, and gives the version of just before. */
  async restore(id: string): Promise<string> {
    const { before } = await this.#send<{ before: string }>('POST', `/${id}/restore`)
    return before
  }

  #send<Answer>(method: string, rest: string, body?: object): Promise<Answer> {
    return this.#ask(method, documentPath(this.#document, `/versions${rest}`), body)
  }
}

const kinds: Readonly<Record<string, string>> = {
  auto: 'Kept by itself',
  named: 'Kept by hand',
  'before-restore': 'Before a restore',
  restored: 'Restored',
  'before-replace': 'Before it was replaced',
  'before-delete': 'Before it was deleted',
  import: 'Imported',
}

/** What a version is called. */
export function titleOf({ kind, name }: Version): string {
  return name ?? kinds[kind] ?? kind
}

/** The day of a version, in words. */
export function dayOf({ time }: Version): string {
  const options = { weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' } as const
  return new Date(time).toLocaleDateString('en', options)
}

/** The day of a version, in short. */
export function dateOf({ time }: Version): string {
  const options = { day: 'numeric', month: 'short', year: 'numeric' } as const
  return new Date(time).toLocaleDateString('en', options)
}

/** The time of a version on its day. */
export function clockOf({ time }: Version): string {
  return new Date(time).toLocaleTimeString('en', { hour: '2-digit', minute: '2-digit' })
}
