/**
 * All that a store keeps, as rows of the tables of the embedded store: the form in which a store
 * goes into a backup, and from one database to another. Times are milliseconds since 1970.
 */
export interface Tables {
  /** By this the lives of its documents are named. */
  readonly store: { readonly id: string }
  readonly author: { readonly id: number; readonly person: string; readonly name: string }
  readonly document: {
    readonly id: number
    readonly name: string
    readonly epoch: number
    readonly life: number
    readonly live: number
    readonly created: number | null
    readonly deleted: number | null
    readonly dead: Uint8Array | null
    readonly told: number
  }
  readonly snapshot: {
    readonly document: number
    readonly through: number
    readonly tag: number
    readonly checksum: number
    readonly time: number | null
    readonly attribution: Uint8Array | null
    readonly bytes: Uint8Array
  }
  readonly log: {
    readonly sequence: number
    readonly document: number
    readonly count: number
    readonly checksum: number
    readonly time: number | null
    /** By update a number of `author`, in 32 bits. */
    readonly authors: Uint8Array | null
    readonly bytes: Uint8Array
  }
  readonly damaged: {
    readonly document: string
    /** `snapshot`, or the sequence of a row. */
    readonly entry: string
    readonly bytes: Uint8Array | null
    readonly reason: string
    /** ISO 8601. */
    readonly time: string
  }
  readonly version: {
    readonly document: number
    readonly time: number
    readonly life: number
    readonly kind: string
    readonly name: string | null
    readonly meta: string | null
    /** Numbers of `author`, in 32 bits each. */
    readonly authors: Uint8Array
    readonly restored_from: number | null
    readonly keyframe: number
    readonly state_bytes: number
    readonly checksum: number
    readonly bytes: Uint8Array
  }
  readonly event_reach: { readonly last: number; readonly dropped: number }
  readonly event: {
    readonly sequence: number
    readonly time: number
    readonly type: string
    readonly document: string
    readonly data: string
  }
  readonly webhook: {
    readonly id: string
    readonly url: string
    /** JSON of an array. */
    readonly events: string
    readonly prefix: string | null
    readonly secret: string
    readonly created: number
    readonly disabled: string | null
    readonly cursor: number
  }
  readonly delivery: {
    readonly webhook: string
    readonly event: number
    readonly attempt: number
    readonly at: number | null
    readonly status: number | null
    readonly error: string | null
    readonly next: number | null
  }
  readonly message_room: { readonly room: string; readonly last: number; readonly acts: number }
  readonly message: {
    readonly room: string
    readonly seq: number
    readonly act: number
    readonly at: number
    readonly person: string
    readonly name: string | null
    readonly color: string | null
    readonly text: string
    readonly nonce: string | null
    readonly edited: number | null
    readonly deleted: number | null
  }
  readonly message_read: { readonly room: string; readonly person: string; readonly seq: number }
  readonly idempotency_key: {
    readonly key: string
    readonly request: string
    readonly at: number
    readonly status: number | null
    readonly headers: string | null
    readonly body: Uint8Array | null
  }
  readonly revocation_reach: { readonly last: number; readonly tag: number }
  readonly revocation: {
    readonly key: string
    readonly number: number
    readonly tag: number
    readonly document: string | null
    readonly person: string | null
    readonly at: number
  }
  /** The highest number that a row of a log was ever given. */
  readonly position: { readonly last: number }
}

/** A row, and of which table it is. */
export type TableRow = {
  readonly [Table in keyof Tables]: { readonly table: Table; readonly row: Tables[Table] }
}[keyof Tables]

/** Where rows come from: a store as of one moment. */
export interface TablesSource {
  /** How many rows there are, about. */
  total(): Promise<number>
  /**
   * All of them: those that others name before those that name them.
   * @param now ISO 8601; what is found damaged was found then
   */
  rows(now: string): AsyncIterable<TableRow>
}

/** Where rows go: a store that is empty, and that nobody else writes. */
export interface TablesTarget {
  put(row: TableRow): Promise<void>
}

/** In this order they come. */
export const tableOrder = [
  'store',
  'author',
  'document',
  'snapshot',
  'log',
  'damaged',
  'version',
  'event_reach',
  'event',
  'webhook',
  'delivery',
  'message_room',
  'message',
  'message_read',
  'idempotency_key',
  'revocation_reach',
  'revocation',
  'position',
] as const satisfies readonly (keyof Tables)[]

/** How the reasons end for which a store sets something aside by itself. */
export const mismatch = 'does not match its checksum.'

/** A snapshot that was found not to check out while it was read. */
export function asideSnapshot(
  document: string,
  through: number,
  bytes: Uint8Array,
  time: string,
): TableRow {
  const reason = `The snapshot through ${through} ${mismatch}`
  return { table: 'damaged', row: { document, entry: 'snapshot', bytes, reason, time } }
}

/** A row of a log that was found not to check out, or not to be there. */
export function asideLog(
  document: string,
  sequence: number,
  bytes: Uint8Array | null,
  time: string,
): TableRow {
  const reason = `Log row ${sequence} ${bytes === null ? 'is missing.' : mismatch}`
  return { table: 'damaged', row: { document, entry: `${sequence}`, bytes, reason, time } }
}
