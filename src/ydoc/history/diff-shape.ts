import type { Author } from '../../../persistence/batch.ts'
import type { Fate } from './sides.ts'

/** What became of something. */
export type Op = 'same' | 'added' | 'removed' | 'changed'

/** Who did it, where that is known. */
interface Stamp {
  readonly by?: Author
  /** When it was written, in milliseconds since 1970. */
  readonly at?: number
  readonly removedBy?: Author
}

/** A stretch of text, or what is embedded in it. */
export interface SpanDiff extends Stamp {
  readonly op: Op
  readonly text?: string
  readonly embed?: unknown
  readonly attributes?: Readonly<Record<string, unknown>>
  /** The attributes before, where they changed. */
  readonly was?: Readonly<Record<string, unknown>>
}

/** An element with what is in it. */
export interface BlockDiff extends Stamp {
  readonly op: Op
  readonly type: string
  readonly attributes: Readonly<Record<string, unknown>>
  readonly was?: Readonly<Record<string, unknown>>
  readonly children: readonly PieceDiff[]
}

/** What stands in a text or an element. */
export type PieceDiff = SpanDiff | BlockDiff

/** A value by key. */
export interface ValueDiff extends Stamp {
  readonly op: Op
  readonly was?: unknown
  readonly now?: unknown
}

/** A root, or a type in a map or array. */
export type RootDiff =
  | { readonly spans: readonly PieceDiff[] }
  | { readonly blocks: readonly PieceDiff[] }
  | { readonly map: Readonly<Record<string, ValueDiff>> }
  | { readonly items: readonly (Stamp & { readonly op: Op; readonly value: unknown })[] }

/** Who did what befell something. */
export function stamped({ removed, written }: Pick<Fate, 'removed' | 'written'>): Stamp {
  return {
    ...(written?.by === undefined ? {} : { by: written.by, at: written.at }),
    ...(removed?.by === undefined ? {} : { removedBy: removed.by }),
  }
}
