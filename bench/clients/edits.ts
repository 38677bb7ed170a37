import {
  createEncoder,
  toUint8Array,
  writeUint8,
  writeVarString,
  writeVarUint,
} from 'lib0/encoding'
import { clientFrame } from './frames.ts'
import type { Wire } from './wires.ts'

/** Client ids of writers begin here: five bytes each, as most real ones have. */
const firstWriter = 1_000_000_000
/** The shared text that everybody writes to. */
export const textName = 'text'

/** The Yjs client id of a writer. */
export function writerId(writer: number): number {
  return firstWriter + writer
}

/** Which writer a client id is; -1 when none. */
export function writerOf(clientId: number): number {
  const writer = clientId - firstWriter
  return writer >= 0 && writer < 100_000 ? writer : -1
}

/** One keystroke at the end of what this writer wrote, as Yjs writes it. */
export function appendUpdate(client: number, clock: number): Uint8Array {
  const encoder = createEncoder()
  writeVarUint(encoder, 1)
  writeVarUint(encoder, 1)
  writeVarUint(encoder, client)
  writeVarUint(encoder, clock)
  if (clock === 0) {
    writeUint8(encoder, 4)
    writeVarUint(encoder, 1)
    writeVarString(encoder, textName)
  } else {
    writeUint8(encoder, 132)
    writeVarUint(encoder, client)
    writeVarUint(encoder, clock - 1)
  }
  writeVarString(encoder, String.fromCharCode(97 + (clock % 26)))
  writeVarUint(encoder, 0)
  return toUint8Array(encoder)
}

/** All of one writer's edits as client frames in one buffer, made before anything is measured. */
export class PreparedEdits {
  readonly count: number
  readonly #bytes: Uint8Array
  readonly #ends: Uint32Array

  constructor(wire: Wire, document: string, client: number, count: number) {
    this.count = count
    this.#ends = new Uint32Array(count + 1)
    let bytes = new Uint8Array(count * 64)
    let at = 0
    for (let clock = 0; clock < count; clock++) {
      const frame = clientFrame(wire.update(document, appendUpdate(client, clock)))
      if (at + frame.length > bytes.length) {
        const grown = new Uint8Array(bytes.length * 2)
        grown.set(bytes)
        bytes = grown
      }
      bytes.set(frame, at)
      at += frame.length
      this.#ends[clock + 1] = at
    }
    this.#bytes = bytes
  }

  /** The frames of the edits from one clock to another (not with it). */
  frames(from: number, to: number): Uint8Array {
    return this.#bytes.subarray(this.#ends[from], this.#ends[to])
  }
}
