import { checksumOf } from '../checksum.ts'
import type { Damage, Position } from '../store.ts'
import { unpackAuthors } from './authors.ts'
import type { LogRow } from './log.ts'

/** A snapshot as SQLite gives it; nothing of it is believed yet. */
export interface SnapshotRow {
  readonly through: number
  readonly tag: number
  readonly checksum: unknown
  readonly bytes: unknown
  readonly attribution: unknown
}

/** A log row that checks out. */
export interface GoodRow {
  readonly sequence: number
  readonly tag: number
  readonly count: number
  readonly bytes: Uint8Array
  readonly time: number | undefined
  /** By update; 0 for nobody. */
  readonly authors: Uint32Array
}

/** The snapshot's bytes when they check out; else what is wrong goes to `found`. */
export function soundSnapshot(
  document: string,
  { through, checksum, bytes }: SnapshotRow,
  found: Damage[],
): Uint8Array | undefined {
  const sound = bytes instanceof Uint8Array && checksum === checksumOf(document, through, 0, bytes)
  if (sound) return bytes
  const reason = `The snapshot through ${through} does not match its checksum.`
  found.push({ document, entry: 'snapshot', reason })
  return undefined
}

/** The row when it checks out; else what is wrong goes to `found`. */
export function soundRow(document: string, row: LogRow, found: Damage[]): GoodRow | undefined {
  const { sequence, count, checksum, bytes, time, authors } = row
  if (
    bytes instanceof Uint8Array &&
    typeof count === 'number' &&
    checksum === checksumOf(document, sequence, count, bytes)
  ) {
    const by = unpackAuthors(authors, count)
    return { sequence, tag: checksum, count, bytes, time: time ?? undefined, authors: by }
  }
  const what = bytes === null ? 'is missing' : 'does not match its checksum'
  found.push({ document, entry: sequence, reason: `Log row ${sequence} ${what}.` })
  return undefined
}

/** Many as one; a lone one is not copied. */
export function joined(parts: readonly Uint8Array[]): Uint8Array {
  const [only] = parts
  if (only !== undefined && parts.length === 1) return only
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.length
  }
  return whole
}

/** The row that a snapshot goes through. */
export function placeOf({ through, tag }: SnapshotRow): Position {
  return { number: through, tag }
}

/** Bytes, where a column holds any. */
export function bytesOf(value: unknown): Uint8Array | undefined {
  return value instanceof Uint8Array ? value : undefined
}

/** What is told of a row beside its bytes, which go in one buffer with those of the others. */
export function withoutBytes(
  row: GoodRow,
): Pick<GoodRow, 'authors' | 'count' | 'sequence' | 'time'> {
  const { authors, count, sequence, time } = row
  return { authors, count, sequence, time }
}
