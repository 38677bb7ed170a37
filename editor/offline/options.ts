/** Whose copy of what is kept, and how. */
export interface OfflineOptions {
  /** Address of the server. */
  readonly server: string
  /** Name of the document. */
  readonly document: string
  /** Who the person is, such as the token's `sub`: nobody else sees the copy. */
  readonly person?: string | undefined
  /** Seals what is kept: of AES-GCM, for `encrypt` and `decrypt`. */
  readonly key?: CryptoKey | undefined
}

/** What a copy tells. */
export interface OfflineEvents {
  /** Any of `kept`, `pending` and `problem` has become another. */
  change: () => void
  /**
   * The document was made anew on the server: what this tab holds is of its life before, and is
   * kept as an earlier copy. The connection is ended; the page has to open a new `Y.Doc`.
   */
  replaced: () => void
  /** The server has deleted the document, and so has this device. */
  deleted: () => void
}

/** A copy of the life before, that is merged into nothing. */
export interface EarlierCopy {
  /** When another life was found, in milliseconds since 1970. */
  readonly endedAt: number
  /** The server's word for its life. */
  readonly incarnation: string | undefined
  /** Edits in it that were not known to be on the server's disk. */
  readonly pending: number
  /** All of it as one update, for a `Y.Doc` of its own. */
  read(): Promise<Uint8Array>
  discard(): Promise<void>
}
