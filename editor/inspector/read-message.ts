import {
  createDecoder,
  type Decoder,
  readVarString,
  readVarUint,
  readVarUint8Array,
} from 'lib0/decoding'
import * as Y from 'yjs'

/** What a message says, as far as it is told in a line. */
export interface Message {
  readonly kind: string
  /** Behind its kind, such as the words of a denial. */
  readonly words: string
  /** Undefined where there is no update in it. */
  readonly update: UpdateFacts | undefined
  /** So many of the connection's updates are on disk, as the server says. */
  readonly confirmed: number | undefined
  /** One more of them is, or is not. */
  readonly status: boolean | undefined
}

/** What is in an update. */
export interface UpdateFacts {
  readonly structs: number
  readonly deletes: number
  /** The places of its first structs, as client and clock. */
  readonly ids: readonly (readonly [number, number])[]
}

const idsMax = 20
const nothing = { words: '', update: undefined, confirmed: undefined, status: undefined }

/** Reads one message; one that is not understood is told as such. */
export function readMessage(bytes: Uint8Array, protocol: 'y-websocket' | 'hocuspocus'): Message {
  try {
    if (protocol === 'y-websocket') return readBody(createDecoder(bytes), websocketKinds)
    if (bytes.length === 1) return { ...nothing, kind: bytes[0] === 9 ? 'ping' : 'pong' }
    const decoder = createDecoder(bytes)
    readVarString(decoder)
    return readBody(decoder, hocuspocusKinds)
  } catch {
    return { ...nothing, kind: 'not understood' }
  }
}

const common: Readonly<Record<number, string>> = { 1: 'presence', 3: 'who is here?' }
const websocketKinds = { ...common, 2: 'denied', 110: 'saved', 111: 'chat', 112: 'granted' }
const hocuspocusKinds = { ...common, 2: 'token', 5: 'stateless', 7: 'close', 8: 'saved' }

function readBody(decoder: Decoder, kinds: Readonly<Record<number, string>>): Message {
  const type = readVarUint(decoder)
  if (type === 0) return readSync(decoder)
  const kind = kinds[type] ?? `type ${type}`
  switch (kind) {
    case 'chat':
    case 'granted':
    case 'stateless':
      return { ...nothing, kind, words: readVarString(decoder) }
    case 'denied':
      readVarUint(decoder)
      return { ...nothing, kind, words: readVarString(decoder) }
    case 'saved': {
      const count = readVarUint(decoder)
      if (type === 110) return { ...nothing, kind, words: `${count}`, confirmed: count }
      const isTaken = count === 1
      return { ...nothing, kind: isTaken ? kind : 'not taken', status: isTaken }
    }
    default:
      return { ...nothing, kind }
  }
}

function readSync(decoder: Decoder): Message {
  const step = readVarUint(decoder)
  if (step === 0) return { ...nothing, kind: 'step 1' }
  const update = factsOf(readVarUint8Array(decoder))
  return { ...nothing, kind: step === 1 ? 'step 2' : 'update', update }
}

function factsOf(bytes: Uint8Array): UpdateFacts {
  const { ds, structs } = Y.decodeUpdate(bytes)
  const deletes = [...ds.clients.values()].reduce((sum, ranges) => sum + ranges.length, 0)
  const ids = structs.slice(0, idsMax).map(({ id }) => [id.client, id.clock] as const)
  return { structs: structs.length, deletes, ids }
}
