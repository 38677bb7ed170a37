import type { Author } from '../../../persistence/batch.ts'

/** An update and who brought it, where that is known. */
export interface BroughtUpdate {
  readonly bytes: Uint8Array
  /** In milliseconds since 1970. */
  readonly time: number | undefined
  readonly by: Author | undefined
}

/** What is stored of a document, as far as it tells who wrote what. */
export interface Attributable {
  readonly snapshot: Uint8Array | undefined
  /** As `packedAttribution` gave it. */
  readonly attribution: Uint8Array | undefined
  readonly log: readonly BroughtUpdate[]
}
