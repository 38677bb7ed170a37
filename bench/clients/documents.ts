import { gunzipSync } from 'node:zlib'
import * as Y from 'yjs'
import { BenchClient } from './client.ts'
import { textName } from './edits.ts'
import { editingSession, type Patch } from './person.ts'
import { seededRandom } from './random.ts'
import type { ServerProcess, Subject } from '../servers.ts'

/** Names of one length, so that addresses are. */
export function documentName(index: number): string {
  return `bench-${index.toString().padStart(5, '0')}`
}

/** A document that one person wrote, key by key. */
export interface Written {
  /** The whole of it as one update. */
  readonly update: Uint8Array
  readonly stateVector: Uint8Array
  /** What one who has all of it answers to one who has all of it: the deletes. */
  readonly nothingNew: Uint8Array
  readonly text: string
  readonly keystrokes: number
}

/** What a client of its own writes from these patches, each a transaction of its own. */
function write(patches: readonly Patch[]): Written {
  const document = new Y.Doc()
  document.clientID = 1_234_567_890
  const text = document.getText(textName)
  for (const [at, deleted, inserted] of patches) {
    document.transact(() => {
      if (deleted > 0) text.delete(at, deleted)
      if (inserted !== '') text.insert(at, inserted)
    })
  }
  const stateVector = Y.encodeStateVector(document)
  const written = {
    update: Y.encodeStateAsUpdate(document),
    stateVector,
    nothingNew: Y.encodeStateAsUpdate(document, stateVector),
    text: text.toString(),
    keystrokes: patches.length,
  }
  document.destroy()
  return written
}

/** The trace in that file, or a made-up session of the same length. */
export async function bigPaper(trace: string | undefined, quick: boolean): Promise<Written> {
  if (trace === undefined) return write(editingSession(1, quick ? 60_000 : 260_000))
  const packed = await Bun.file(trace).bytes()
  const text = new TextDecoder().decode(trace.endsWith('.gz') ? gunzipSync(packed) : packed)
  const { txns } = JSON.parse(text) as { txns: { patches: Patch[] }[] }
  return write(txns.flatMap(({ patches }) => patches))
}

/** Updates of so many clients, each of whom wrote one letter. */
export function manyAuthors(count: number): readonly Uint8Array[] {
  const document = new Y.Doc()
  for (let author = 0; author < count; author++) {
    const theirs = new Y.Doc()
    theirs.clientID = 2_000_000_000 + author * 7
    theirs.getText('past').insert(0, 'x')
    Y.applyUpdate(document, Y.encodeStateAsUpdate(theirs))
  }
  return [Y.encodeStateAsUpdate(document)]
}

/** Updates that come to so many bytes of text in small pieces; `rich`: with marks on it. */
export function largeDocument(bytes: number, rich = false): readonly Uint8Array[] {
  const random = seededRandom(3)
  const document = new Y.Doc()
  const text = document.getText(textName)
  const pieceBytes = 400
  const updates: Uint8Array[] = []
  let before = Y.encodeStateVector(document)
  for (let piece = 0; piece * pieceBytes < bytes; piece++) {
    const letter = String.fromCharCode(97 + (piece % 26))
    text.insert(Math.floor(random() * text.length), letter.repeat(pieceBytes))
    if (piece % 5_000 === 4_999) {
      updates.push(Y.encodeStateAsUpdate(document, before))
      before = Y.encodeStateVector(document)
    }
  }
  if (rich) for (let at = 0; at < bytes; at += 100_000) text.format(at, 50, { bold: true })
  updates.push(Y.encodeStateAsUpdate(document, before))
  return updates
}

/** Brings updates to a document and waits until a fresh client gets all of them. */
export async function preload(
  subject: Subject,
  server: ServerProcess,
  name: string,
  updates: readonly Uint8Array[],
): Promise<void> {
  if (!subject.wire.answers) return
  const writer = await BenchClient.open(server.port, subject.wire, name)
  for (const update of updates) writer.socket.send(subject.wire.update(name, update))
  const bytes = updates.reduce((sum, update) => sum + update.length, 0)
  for (let tries = 0; tries < 200; tries++) {
    const fresh = await BenchClient.open(server.port, subject.wire, name)
    const { bytesReceived } = fresh.socket
    fresh.end()
    // Servers that put structs together write it in fewer bytes.
    if (bytesReceived > bytes * 0.4) {
      await server.quiet()
      return writer.end()
    }
    await Bun.sleep(50)
  }
  throw new Error('the document did not arrive')
}
