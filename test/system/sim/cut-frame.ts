import { createDecoder, readVarUint, readVarUint8Array } from 'lib0/decoding'
import { createEncoder, toUint8Array, writeVarUint } from 'lib0/encoding'
import { messageYjsUpdate, writeUpdate } from 'y-protocols/sync'
import { joinSections } from '../../../src/update/join.ts'
import { outlineOf } from '../../../src/update/outline.ts'
import { UpdatePieces } from '../../../src/update/split.ts'

const messageSync = 0
const pieceBytesMin = 500

/** A message with a large update as several, as only flat documents may go out. */
export function cutFrame(frame: Uint8Array): readonly Uint8Array[] {
  const decoder = createDecoder(frame)
  const isUpdate = [messageSync, messageYjsUpdate].every((type) => readVarUint(decoder) === type)
  if (!isUpdate) return [frame.slice()]
  const base = outlineOf(readVarUint8Array(decoder))
  const sections = joinSections({ base, runs: new Map(), clocks: new Map() })
  const deleteSet = base.bytes.subarray(base.deletesFrom)
  const pieces = new UpdatePieces(sections, deleteSet, pieceBytesMin)
  const frames: Uint8Array[] = []
  for (let piece = pieces.piece(0); piece !== undefined; piece = pieces.piece(frames.length)) {
    frames.push(frameOf(piece))
  }
  return frames
}

function frameOf(update: Uint8Array): Uint8Array {
  const encoder = createEncoder()
  writeVarUint(encoder, messageSync)
  writeUpdate(encoder, update)
  return toUint8Array(encoder)
}
