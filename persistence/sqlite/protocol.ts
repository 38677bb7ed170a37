import type { StoreErrorKind } from '../store-error.ts'
import type { Damage, StoredSummary } from '../store.ts'

/**
 * When an append resolves. `full`: the log is synced to the disk, so a power cut loses nothing.
 * `relaxed`: it is written to the file, which survives the process, but a power cut may take the
 * last appends.
 */
export type Durability = 'full' | 'relaxed'

/** What the database thread is asked; every request is answered once, in the order asked. */
export type Request =
  | { readonly kind: 'open' }
  | { readonly kind: 'append'; readonly documents: readonly string[]; readonly records: Uint8Array }
  | { readonly kind: 'load'; readonly document: string }
  | {
      readonly kind: 'compact'
      readonly document: string
      readonly snapshot: Uint8Array
      readonly through: number
    }
  | {
      readonly kind: 'setAside'
      readonly document: string
      readonly sequence: number
      readonly reason: string
    }
  | { readonly kind: 'list'; readonly after: string | undefined; readonly limit: number }
  | { readonly kind: 'delete'; readonly document: string }
  | { readonly kind: 'close' }

/** What each request is answered with. */
interface Answers {
  readonly open: undefined
  readonly append: undefined
  readonly load: LoadedRows
  readonly compact: boolean
  readonly setAside: boolean
  readonly list: readonly StoredSummary[]
  readonly delete: boolean
  readonly close: undefined
}

/** The answer to one kind of request. */
export interface AnswerTo<Kind extends Request['kind']> {
  readonly kind: Kind
  readonly value: Answers[Kind]
}

/** Any answer; its kind is that of the request. */
export type Answer = { [Kind in Request['kind']]: AnswerTo<Kind> }[Request['kind']]

/** A document as its rows: the updates of all rows stand in one buffer, so one transfer does. */
export interface LoadedRows {
  readonly snapshot: Uint8Array | undefined
  readonly through: number
  readonly damage: readonly Damage[]
  readonly sequences: readonly number[]
  /** Updates in the row of the same place. */
  readonly counts: readonly number[]
  /** Packed updates (`packed-updates.ts`) of all rows in order. */
  readonly packed: Uint8Array
}

export interface Setup {
  readonly file: string
  readonly durability: Durability
}

/** To the database thread. The first thing that it hears is where its file is. */
export type ToWorker =
  | { readonly setup: Setup }
  | { readonly id: number; readonly request: Request }

/** From the database thread. */
export type FromWorker =
  | { readonly id: number; readonly answer: Answer }
  | { readonly id: number; readonly refusal: { kind: StoreErrorKind; message: string } }
