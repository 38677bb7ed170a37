import * as encoding from 'lib0/encoding'
import { utf8Size } from './bytes/cursor.ts'
import type { RunCut, SourceRun } from './clocks/runs.ts'
import { noClock, StructCursor, structFlag, structRef } from './bytes/struct.ts'
import { skipAny, skipJsonElement } from './bytes/value.ts'

/** U+FFFD, which Yjs puts in place of half a surrogate pair (ContentString.splice). */
const replacement = Uint8Array.of(0xef, 0xbf, 0xbd)

/**
 * A struct without its first clocks, as Yjs's `Item.write` with an offset writes it: what is
 * left follows the clock before it and keeps its right neighbour.
 * @param cut where the struct stands in the run
 * @param offset clocks to leave out; more than 0, less than the struct has
 */
export function trimStruct(run: SourceRun, cut: RunCut, offset: number): Uint8Array {
  const cursor = new StructCursor()
  cursor.start(run.bytes, cut.from, cut.to)
  cursor.depthMax = Infinity
  cursor.readStruct(run.client, cut.start)
  const ref = cursor.info & 31
  const encoder = encoding.createEncoder()
  if (ref === structRef.gc) encoding.writeUint8(encoder, ref)
  else writeReferences(encoder, cursor, run.client, cut.start + offset - 1)
  cursor.start(run.bytes, cursor.contentFrom, cut.to)
  writeContent(encoder, cursor, ref, cut.length, offset)
  return encoding.toUint8Array(encoder)
}

function writeReferences(
  encoder: encoding.Encoder,
  cursor: StructCursor,
  client: number,
  originClock: number,
): void {
  const hasRight = cursor.rightClock !== noClock
  const kept = cursor.info & (31 | structFlag.parentSub)
  encoding.writeUint8(encoder, kept | structFlag.origin | (hasRight ? structFlag.rightOrigin : 0))
  encoding.writeVarUint(encoder, client)
  encoding.writeVarUint(encoder, originClock)
  if (!hasRight) return
  encoding.writeVarUint(encoder, cursor.rightClient)
  encoding.writeVarUint(encoder, cursor.rightClock)
}

function writeContent(
  encoder: encoding.Encoder,
  cursor: StructCursor,
  ref: number,
  length: number,
  offset: number,
): void {
  switch (ref) {
    case structRef.gc:
    case structRef.deleted:
      return encoding.writeVarUint(encoder, length - offset)
    case structRef.string:
      return writeString(encoder, cursor, offset)
    case structRef.any:
    case structRef.json:
      return writeElements(encoder, cursor, ref, offset)
    default:
      throw new RangeError(`A struct of kind ${ref} has only one clock and cannot be cut.`)
  }
}

function writeString(encoder: encoding.Encoder, cursor: StructCursor, offset: number): void {
  const { bytes, end } = cursor
  cursor.uint()
  let { at } = cursor
  let units = 0
  while (units < offset) {
    const size = utf8Size(bytes, at, end)
    at += size
    units += size === 4 ? 2 : 1
  }
  const halved = units > offset ? replacement : replacement.subarray(0, 0)
  encoding.writeVarUint(encoder, halved.length + end - at)
  encoding.writeUint8Array(encoder, halved)
  encoding.writeUint8Array(encoder, bytes.subarray(at, end))
}

function writeElements(
  encoder: encoding.Encoder,
  cursor: StructCursor,
  ref: number,
  offset: number,
): void {
  const skipElement = ref === structRef.any ? skipAny : skipJsonElement
  encoding.writeVarUint(encoder, cursor.uint() - offset)
  for (let i = 0; i < offset; i++) skipElement(cursor, Infinity)
  encoding.writeUint8Array(encoder, cursor.bytes.subarray(cursor.at, cursor.end))
}
