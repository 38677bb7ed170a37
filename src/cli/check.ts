import type { Damage } from '../../persistence/store.ts'
import type { ReadDocument } from '../../persistence/sqlite/reader.ts'
import type { Fold, Folded } from '../ydoc/request.ts'
import { unsoundness } from '../document/soundness.ts'
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

type Unsound = Extract<Folded, { readonly kind: 'unsound' }>

/** What reads a store to see whether it is sound. */
export interface CheckedStore {
  /** What is wrong with it as a whole, one sentence each. */
  faults(): readonly string[]
  names(): readonly string[] | Promise<readonly string[]>
  read(document: string): ReadDocument | undefined | Promise<ReadDocument | undefined>
}

/** Looks at every checksum and loads every document; changes nothing. */
export async function checkAll(
  reader: CheckedStore,
  fold: Fold,
  terminal: Terminal,
): Promise<Checked> {
  const faults = reader.faults().map((fault) => `damaged file: ${fault}`)
  const names = await reader.names()
  let documents = 0
  let updates = 0
  let bytes = 0
  for (const [place, name] of names.entries()) {
    const read = await reader.read(name)
    if (read === undefined) continue
    documents++
    updates += read.log.length
    bytes += bytesOf(read)
    faults.push(...(await faultsOf(read, fold)))
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
async function faultsOf(read: ReadDocument, fold: Fold): Promise<readonly string[]> {
  const name = quote(read.document)
  const line = ({ entry, reason }: Omit<Damage, 'document'>): string =>
    `damaged: document ${name}, ` +
    `${entry === 'snapshot' ? 'snapshot' : `entry ${entry}`}: ${reason}`
  const unsound = unsoundEntries(read)
  const versions = read.badVersions.map(
    (id) => `damaged: document ${name}, version ${id}: It does not match its checksum.`,
  )
  const damaged = [...[...read.damage, ...unsound].map(line), ...versions]
  if (unsound.length > 0) return damaged
  const folded = await fold(partsOf(read))
  switch (folded.kind) {
    case 'folded':
      return damaged
    case 'given-up':
      return [...damaged, `not folded: document ${name}: ${folded.reason}`]
    case 'unsound':
      return [...damaged, ...unloadable(read, folded).map(line)]
  }
}

/** All that can be used of a document: its snapshot and the updates since. */
export function partsOf({ snapshot, log }: ReadDocument): readonly Uint8Array[] {
  const updates = log.map(({ bytes }) => bytes)
  return snapshot === undefined ? updates : [snapshot, ...updates]
}

/** The entries that do not read as updates. */
export function unsoundEntries({ document, snapshot, log }: ReadDocument): readonly Damage[] {
  const found: Damage[] = []
  const look = (entry: Damage['entry'], bytes: Uint8Array): void => {
    const reason = unsoundness(bytes)
    if (reason !== undefined) found.push({ document, entry, reason })
  }
  if (snapshot !== undefined) look('snapshot', snapshot)
  for (const { sequence, bytes } of log) look(sequence, bytes)
  return found
}

function unloadable(read: ReadDocument, folded: Unsound): readonly Damage[] {
  const culprits = unappliable(read, folded)
  if (culprits.length > 0) return culprits
  const reason = `It does not load: ${folded.reason}`
  return [{ document: read.document, entry: 'snapshot', reason }]
}

/** The parts that threw, as entries of the document. */
export function unappliable(
  { document, snapshot, log }: ReadDocument,
  { culprits }: Unsound,
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
