import type { QuarantinedRow, Damage, LogEntry, Position, StoredSummary } from '../store.ts'
import type { ChangedDocument } from './outbox.ts'
import type { VersionOwner } from './versions.ts'

interface Snapshot {
  readonly bytes: Uint8Array
  readonly through: Position
  readonly attribution: Uint8Array | undefined
}

/** All that is kept of a name. */
export interface Document {
  readonly utf8: Buffer
  epoch: number
  /** The epoch in which this life began. */
  life: number
  exists: boolean
  created: number | undefined
  changed: number | undefined
  deleted: number | undefined
  dead: Uint8Array | undefined
  position: Position
  snapshot: Snapshot | undefined
  log: LogEntry[]
  damage: Damage[]
  quarantined: QuarantinedRow[]
}

const start: Position = { number: 0, tag: 0 }

/** A document that nobody has written. */
export function fresh(name: string): Document {
  return {
    utf8: Buffer.from(name),
    epoch: 1,
    life: 1,
    exists: false,
    created: undefined,
    changed: undefined,
    deleted: undefined,
    dead: undefined,
    position: start,
    snapshot: undefined,
    log: [],
    damage: [],
    quarantined: [],
  }
}

export function incarnationOf(name: string, { life }: Document): string {
  return `${life} ${name}`
}

export function ownerOf(name: string, stored: Document | undefined): VersionOwner | undefined {
  if (stored?.exists !== true) return undefined
  const { deleted, epoch } = stored
  return { epoch, incarnation: incarnationOf(name, stored), deleted: deleted !== undefined }
}

/** The document when it is there and not deleted. */
export function living(stored: Document | undefined): ChangedDocument | undefined {
  if (stored?.exists !== true || stored.deleted !== undefined) return undefined
  return { position: stored.position.number, log: stored.log }
}

/** Whether the document has a row, or a snapshot, of exactly that position. */
export function stands({ log, snapshot }: Document, position: Position): boolean {
  if (snapshot !== undefined && samePlace(snapshot.through, position)) return true
  return log.some(({ sequence }) => samePlace({ number: sequence, tag: sequence }, position))
}

export function throughOf({ log, snapshot }: Document): Position {
  const last = log.at(-1)?.sequence
  return last === undefined ? (snapshot?.through ?? start) : { number: last, tag: last }
}

export function samePlace(a: Position, b: Position): boolean {
  return a.number === b.number && a.tag === b.tag
}

export function summaryOf(document: string, stored: Document): StoredSummary {
  const { created, changed, deleted, log, snapshot } = stored
  return {
    document,
    snapshotBytes: snapshot?.bytes.length ?? 0,
    logBytes: log.reduce((sum, entry) => sum + entry.bytes.length, 0),
    logRows: log.length,
    created,
    changed,
    deleted,
  }
}
