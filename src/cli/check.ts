import type { Damage } from '../../persistence/store.ts'
import type { ReadDocument, SqliteReader } from '../../persistence/sqlite/reader.ts'
import { defaultLimits } from '../base/limits.ts'
import type { Folded } from '../storage/compactor.ts'
import { fold } from '../ydoc/fold.ts'
import { unsoundness, updateLimitsOf } from '../document/soundness.ts'
import type { Terminal } from './command.ts'
import { counted, quote, readableBytes } from './quote.ts'

/** What looking at every document found. */
export interface Checked {
  readonly documents: number
  /** Updates since the snapshots. */
  readonly updates: number
  readonly bytes: number
  /** Lines that name all that is wrong. */
  readonly faults: readonly string[]
}

const limits = updateLimitsOf(defaultLimits)

/** Looks at every checksum and loads every document; changes nothing. */
export async function checkAll(reader: SqliteReader, terminal: Terminal): Promise<Checked> {
  const faults = reader.faults().map((fault) => `damaged file: ${fault}`)
  const names = reader.names()
  let documents = 0
  let updates = 0
  let bytes = 0
  for (const [place, name] of names.entries()) {
    const read = reader.read(name)
    if (read === undefined) continue
    documents++
    updates += read.log.length
    bytes += bytesOf(read)
    faults.push(...faultsOf(read))
    terminal.progress(`${place + 1} of ${counted(names.length, 'document')} checked`)
    await breathe(terminal)
  }
  return { documents, updates, bytes, faults }
}

/** One line that sums up. */
export function summaryOf({ documents, updates, bytes }: Checked): string {
  const what = `${counted(documents, 'document')}, ${counted(updates, 'update')} since snapshots`
  return `${what}, ${readableBytes(bytes)}`
}

/** What is wrong with one document, a line for each entry. */
function faultsOf(read: ReadDocument): readonly string[] {
  const line = ({ entry, reason }: Omit<Damage, 'document'>): string =>
    `damaged: document ${quote(read.document)}, ` +
    `${entry === 'snapshot' ? 'snapshot' : `entry ${entry}`}: ${reason}`
  const unsound = unsoundEntries(read)
  if (unsound.length > 0) return [...read.damage, ...unsound].map(line)
  return [...read.damage, ...unappliableEntries(read)].map(line)
}

/** All that can be used of a document: its snapshot and the updates since. */
export function partsOf({ snapshot, log }: ReadDocument): readonly Uint8Array[] {
  const updates = log.map(({ bytes }) => bytes)
  return snapshot === undefined ? updates : [snapshot, ...updates]
}

function unsoundEntries({ document, snapshot, log }: ReadDocument): readonly Damage[] {
  const found: Damage[] = []
  const look = (entry: Damage['entry'], bytes: Uint8Array): void => {
    const reason = unsoundness(bytes, limits)
    if (reason !== undefined) found.push({ document, entry, reason })
  }
  if (snapshot !== undefined) look('snapshot', snapshot)
  for (const { sequence, bytes } of log) look(sequence, bytes)
  return found
}

function unappliableEntries(read: ReadDocument): readonly Damage[] {
  const folded = fold(partsOf(read))
  if (folded.kind === 'folded') return []
  const culprits = unappliable(read, folded)
  if (culprits.length > 0) return culprits
  const reason = `It does not load: ${folded.reason}`
  return [{ document: read.document, entry: 'snapshot', reason }]
}

/** The parts that threw, as entries of the document. */
export function unappliable(
  { document, snapshot, log }: ReadDocument,
  { culprits }: Folded & { readonly kind: 'unsound' },
): readonly Damage[] {
  const before = snapshot === undefined ? 0 : 1
  return culprits.map(({ part, reason }) => ({
    document,
    entry: log[part - before]?.sequence ?? 'snapshot',
    reason: `It does not apply: ${reason}`,
  }))
}

function bytesOf({ snapshot, log }: ReadDocument): number {
  return log.reduce((sum, { bytes }) => sum + bytes.length, snapshot?.length ?? 0)
}

/** Lets signals and progress through. */
function breathe({ clock }: Terminal): Promise<void> {
  return new Promise((resolve) => clock.soon(resolve))
}
