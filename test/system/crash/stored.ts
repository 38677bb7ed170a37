import * as Y from 'yjs'
import { fold } from '../../../src/ydoc/fold/fold.ts'
import type { Terminal } from '../../../src/cli/command.ts'
import { systemClock, systemWallClock } from '../../../src/base/clock.ts'
import { checkAll, partsOf } from '../../../src/cli/check.ts'
import { dataFile, reading } from '../../../src/cli/data-file.ts'
import type { EditBook } from './edit-book.ts'
import { tokensOf } from './writer.ts'

/** What the disk holds after a crash. */
export interface Found {
  readonly documents: ReadonlyMap<string, Y.Doc>
  /** What `ytopic verify` names. */
  readonly faults: readonly string[]
}

const quiet: Terminal = {
  print: () => undefined,
  warn: () => undefined,
  progress: () => undefined,
  write: () => Promise.resolve(),
  isTerminal: false,
  clock: systemClock,
  wallClock: systemWallClock,
}

/** Reads the whole directory, with no server on it, as `ytopic verify` does. */
export function readStored(directory: string): Promise<Found> {
  return reading(dataFile(directory), async (reader) => {
    const { faults } = await checkAll(reader, async (parts) => fold(parts), quiet)
    const documents = new Map<string, Y.Doc>()
    for (const name of reader.names()) {
      const read = reader.read(name)
      if (read !== undefined) documents.set(name, loaded(partsOf(read)))
    }
    return { documents, faults }
  })
}

/** Sentences for all that the books say and the documents do not. */
export function compareAll(
  documents: ReadonlyMap<string, Y.Doc>,
  books: readonly EditBook[],
): readonly string[] {
  const views = new Map([...documents].map(([name, document]) => [name, viewOf(document)]))
  const faults = books.flatMap((book) => {
    const view = views.get(book.document) ?? viewOf(new Y.Doc())
    return book.compare(view.counts, view.holds, view.whole)
  })
  for (const [name, { counts }] of views) {
    const known = new Set(books.filter(({ document }) => document === name).map((b) => b.client))
    for (const token of counts.keys()) {
      if (!known.has(Number(token.split(':')[0]))) faults.push(`${name}: nobody wrote ${token}`)
    }
  }
  return faults
}

interface View {
  readonly counts: ReadonlyMap<string, number>
  readonly holds: (client: number, clock: number) => boolean
  readonly whole: boolean
}

function viewOf(document: Y.Doc): View {
  const counts = new Map<string, number>()
  for (const token of tokensOf(document).toArray()) counts.set(token, (counts.get(token) ?? 0) + 1)
  // What waits for its past is stored as well; an encoded document has both.
  const held = new Map<number, Set<number>>()
  for (const struct of Y.decodeUpdate(Y.encodeStateAsUpdate(document)).structs) {
    if (struct instanceof Y.Skip) continue
    const { client, clock } = struct.id
    const clocks = held.get(client) ?? new Set<number>()
    held.set(client, clocks)
    for (let at = clock; at < clock + struct.length; at++) clocks.add(at)
  }
  return {
    counts,
    holds: (client, clock) => held.get(client)?.has(clock) === true,
    whole: document.store.pendingStructs === null,
  }
}

function loaded(parts: readonly Uint8Array[]): Y.Doc {
  const document = new Y.Doc()
  document.transact(() => {
    for (const part of parts) Y.applyUpdate(document, part)
  })
  return document
}
