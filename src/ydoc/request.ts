import type { ConversionSettings } from './content/content-options.ts'
import type {
  Change,
  Edited,
  Looked,
  ReadContent,
  ReadWish,
  Unfit,
} from './content/content-wish.ts'

// Types alone, which a server's users meet: nothing of Yjs, whose types need those of a page.

import type { Author } from '../../persistence/batch.ts'
import type { Attributable } from './history/attributable.ts'

/** A part that throws when it is applied. */
export interface Culprit {
  /** Its place among the parts. */
  readonly part: number
  readonly reason: string
  /** What of it applies after the parts before it, as an update; undefined when nothing does. */
  readonly rest: Uint8Array | undefined
}

/** What came of folding stored bytes into a snapshot. */
export type Folded =
  /** Loaded back and compared: holds exactly what went in. `empty`: all of it waits for more. */
  | { readonly kind: 'folded'; readonly snapshot: Uint8Array; readonly empty: boolean }
  /** The bytes do not fold; nothing may be dropped. No culprits: nobody can be told to be one. */
  | {
      readonly kind: 'unsound'
      readonly reason: string
      readonly culprits: readonly Culprit[]
    }
  /** It takes more time or memory than it may; nothing is known against the bytes. */
  | { readonly kind: 'given-up'; readonly reason: string }

/** Folds a snapshot and the updates since into a new snapshot, off the relay's thread. */
export type Fold = (parts: readonly Uint8Array[]) => Promise<Folded>

/** What came of looking for the update that gives a document the content that it had. */
export type Restored =
  /** Tried on a copy: afterwards every root is as it was. */
  | { readonly kind: 'restored'; readonly update: Uint8Array; readonly way: Way }
  /** It is as it was already. */
  | { readonly kind: 'same' }
  /** No update does it; the reason is a sentence. */
  | { readonly kind: 'impossible'; readonly reason: string }

/** How the update was found. */
type Way = 'undo' | 'difference'

interface FoldRequest {
  readonly kind: 'fold'
  /** Yjs V1 updates, a former snapshot first. */
  readonly parts: readonly Uint8Array[]
  /** Folding that would take about more than this is given up. */
  readonly memoryBytesMax: number
}

/** What came of keeping the state of a document. */
export type Kept =
  | {
      readonly kind: 'kept'
      /** The whole state, or what it holds that the version before does not. */
      readonly form: 'keyframe' | 'increment'
      /** As versions are stored. */
      readonly packed: Uint8Array
      /** Bytes of the whole state. */
      readonly stateBytes: number
      /** Who wrote what the version before does not hold. */
      readonly authors: readonly Author[]
    }
  /** The version before holds all of it already. */
  | { readonly kind: 'same' }
  | { readonly kind: 'given-up'; readonly reason: string }

/** What is to be kept, and what it follows on. */
export interface KeepRequest {
  readonly kind: 'keep'
  /** The document as it is. */
  readonly stored: Attributable
  /** Whether its log is one update that was folded already, and nothing else. */
  readonly isFolded: boolean
  /** The version before, packed, from a keyframe on; empty where there is none. */
  readonly chain: readonly Uint8Array[]
  /** Whether it is to be a whole state. */
  readonly keyframe: boolean
  /** Whether it is kept also where nothing has changed. */
  readonly anyway: boolean
  readonly memoryBytesMax: number
}

interface RestoreRequest {
  readonly kind: 'restore'
  /** Yjs V1 updates that make the document as it is. */
  readonly now: readonly Uint8Array[]
  /** The version, packed, from a keyframe on. */
  readonly chain: readonly Uint8Array[]
  /** What would take more than about this is not begun. */
  readonly memoryBytesMax: number
}

interface StateRequest {
  readonly kind: 'state'
  /** The version, packed, from a keyframe on. */
  readonly chain: readonly Uint8Array[]
}

interface JoinRequest {
  readonly kind: 'join'
  /** Packed. */
  readonly neighbours: readonly [Uint8Array, Uint8Array]
  /** What the first of them is. */
  readonly form: 'keyframe' | 'increment'
}

/** What stands on one side of a comparison. */
export type ComparedSide =
  | { readonly kind: 'empty' }
  /** Packed, from a keyframe on. */
  | { readonly kind: 'version'; readonly chain: readonly Uint8Array[] }
  | { readonly kind: 'now'; readonly updates: readonly Uint8Array[] }

export interface CompareRequest {
  readonly kind: 'compare'
  readonly old: ComparedSide
  readonly now: ComparedSide
  /** Tells who wrote what. */
  readonly stored: Attributable
  /** Undefined where there is but one. */
  readonly root: string | undefined
  readonly form: 'json' | 'html' | 'attribution'
  /** So much beside a change is told; undefined tells everything. */
  readonly context: number | undefined
  readonly memoryBytesMax: number
}

/** What came of comparing. */
export type Compared =
  | { readonly kind: 'told'; readonly text: string }
  /** It was not said which of these roots, or another. */
  | { readonly kind: 'ambiguous'; readonly roots: readonly string[] }
  | { readonly kind: 'given-up'; readonly reason: string }

interface AttributeRequest {
  readonly kind: 'attribute'
  readonly stored: Attributable
}

/** What content is read of, or an edit made of. */
interface StoredParts {
  /** Yjs V1 updates that make the document as it is. */
  readonly parts: readonly Uint8Array[]
  readonly settings: ConversionSettings
}

interface LookRequest extends StoredParts {
  readonly kind: 'look'
}

interface ReadRequest extends StoredParts {
  readonly kind: 'read'
  readonly wish: ReadWish
}

interface EditRequest extends StoredParts {
  readonly kind: 'edit'
  readonly change: Change
  /** Who writes it, for Yjs. */
  readonly clientId: number
}

interface ThreadsRequest extends StoredParts {
  readonly kind: 'threads'
  /** Only those that are resolved, or are not; undefined for all. */
  readonly resolved: boolean | undefined
}

/** What a thread with a `Y.Doc` is asked: a union of requests, each answered once, in order. */
export type Request =
  | FoldRequest
  | KeepRequest
  | RestoreRequest
  | StateRequest
  | JoinRequest
  | CompareRequest
  | AttributeRequest
  | LookRequest
  | ReadRequest
  | EditRequest
  | ThreadsRequest

/** What each request is answered with. */
interface Answers {
  readonly fold: Folded
  readonly keep: Kept
  readonly restore: Restored
  /** One update. */
  readonly state: Uint8Array
  /** Packed. */
  readonly join: Uint8Array
  readonly compare: Compared
  /** As `Attributable.attribution`. */
  readonly attribute: Uint8Array
  readonly look: Looked | Unfit
  readonly read: ReadContent | Unfit
  readonly edit: Edited | Unfit
  /** JSON of threads of comments. */
  readonly threads: string | Unfit
}

/** The answer to one kind of request. */
export interface AnswerTo<Kind extends Request['kind']> {
  readonly kind: Kind
  readonly value: Answers[Kind]
}

/** Any answer; its kind is that of the request. */
export type Answer = { [Kind in Request['kind']]: AnswerTo<Kind> }[Request['kind']]

/** To the thread. */
export interface ToWorker {
  readonly id: number
  readonly request: Request
}

/** From the thread: an answer, or what went wrong in our own code. */
export type FromWorker =
  | { readonly id: number; readonly answer: Answer }
  | { readonly id: number; readonly fault: string }
