import {
  createEncoder,
  type Encoder,
  toUint8Array,
  writeUint8Array,
  writeVarString,
  writeVarUint,
  writeVarUint8Array,
} from 'lib0/encoding'
import {
  messageYjsSyncStep1 as step1,
  messageYjsSyncStep2 as step2,
  messageYjsUpdate as update,
} from 'y-protocols/sync'
import { covers } from '../base/access.ts'
import type { SessionAddress, Codec, Multiplex } from './codec.ts'
import { type BadFrame, type Frame, ReceivedUpdate } from './frame.ts'
import {
  grantText,
  messageAuth,
  messageAwareness,
  messageQueryAwareness,
  messageSync,
  readBytes,
  readText,
  syncFrame,
  syncHead,
  syncPayloadAt,
  VarUintReader,
} from './wire.ts'

const messageStateless = 5
const messageClose = 7
const messageSyncStatus = 8
/** Whole messages of one byte, without an address; known to clients that say their version. */
const ping = 9
const pong = 10

/** What stands before the text of a stateless message that is of the room. */
const chatPrefix = 'ytopic:chat:'

const authToken = 0
const authDenied = 1
const authGranted = 2

/** Longest address, in UTF-8 bytes: a document name and a client's session id. */
const addressBytesMax = 1_024

const reader = new VarUintReader()
const queryAwareness: Frame = { kind: 'query-awareness' }
const close: Frame = { kind: 'close' }
const pingMessage = Uint8Array.of(ping)

/** The protocol of `@hocuspocus/provider` 2.15 to 4.x (docs/wire.md). */
export const hocuspocus: Multiplex = {
  sessionAddressOf(bytes) {
    // By length first: the address of a 9-byte document name begins with 9 as well.
    if (bytes.length === 1 && (bytes[0] === ping || bytes[0] === pong)) return { kind: 'awake' }
    reader.at = 0
    const length = reader.read(bytes)
    const canonical = reader.at === 1 || bytes[reader.at - 1] !== 0
    if (length < 0 || length > addressBytesMax || !canonical) return bad('address')
    reader.at = 0
    const text = readText(reader, bytes)
    if (text === undefined) return bad('address')
    const end = text.indexOf('\0')
    return { kind: 'address', text, document: end < 0 ? text : text.slice(0, end) }
  },
  codec: (address) => new HocuspocusCodec(address),
  keepAwake(version, address) {
    return version === undefined ? new HocuspocusCodec(address).emptyAwareness : pingMessage
  },
}

/** The frames of one address, which stands before each of them. */
class HocuspocusCodec implements Codec {
  readonly id = 'h'
  readonly #prefix: Uint8Array

  constructor(address: SessionAddress) {
    const encoder = createEncoder()
    writeVarString(encoder, address.text)
    this.#prefix = toUint8Array(encoder)
  }

  /** An awareness update with no entries: every version takes it and does nothing. */
  get emptyAwareness(): Uint8Array {
    return this.#write(messageAwareness, (encoder) => writeVarUint8Array(encoder, Uint8Array.of(0)))
  }

  /** Stock servers read one message of each WebSocket message as well. */
  endOf(bytes: Uint8Array): number {
    return bytes.length
  }

  decode(bytes: Uint8Array): Frame | BadFrame {
    const from = syncPayloadAt(reader, bytes, this.#prefix.length, update)
    if (from >= 0) return new ReceivedUpdate(bytes, from)
    reader.at = this.#prefix.length
    const frame = decodeBody(bytes)
    return frame.kind !== 'bad-frame' && reader.at !== bytes.length ? bad('message') : frame
  }

  encode(frame: Frame): Uint8Array | undefined {
    switch (frame.kind) {
      case 'step-1':
        return this.#sync(step1, frame.stateVector)
      case 'step-2':
        return this.#sync(step2, frame.update)
      case 'update':
        return this.#sync(update, frame.update)
      case 'awareness':
        return this.#write(messageAwareness, (to) => writeVarUint8Array(to, frame.update))
      case 'query-awareness':
        return this.#write(messageQueryAwareness)
      case 'authenticated':
        return this.#auth(authGranted, covers(frame.access, 'write') ? 'read-write' : 'readonly')
      case 'token-wanted':
        return this.#write(messageAuth, (to) => writeVarUint(to, authToken))
      case 'denied':
        return this.#auth(authDenied, frame.reason)
      case 'auth':
        return this.#write(messageAuth, (to) => {
          writeVarUint(to, authToken)
          writeVarString(to, frame.token)
          if (frame.version !== undefined) writeVarString(to, frame.version)
        })
      case 'close':
        return this.#write(messageClose)
      case 'sync-status':
        return this.#write(messageSyncStatus, (to) => writeVarUint(to, frame.saved ? 1 : 0))
      case 'stateless':
        return this.#write(messageStateless, (to) => writeVarString(to, frame.text))
      case 'chat':
        return this.#write(messageStateless, (to) =>
          writeVarString(to, `${chatPrefix}${frame.text}`),
        )
      case 'granted':
        return this.#write(messageStateless, (to) => writeVarString(to, grantText(frame)))
      case 'message':
      case 'saved':
      case 'keep-alive':
        // Sockets are kept awake one by one (`keepAwake`): versions differ, topics do not.
        return undefined
    }
  }

  updateHead(updateBytes: number): Uint8Array {
    return syncHead(this.#prefix, [messageSync, update], updateBytes)
  }

  #sync(type: number, payload: Uint8Array): Uint8Array {
    return syncFrame(this.#prefix, [messageSync, type], payload)
  }

  #auth(type: number, text: string): Uint8Array {
    return this.#write(messageAuth, (encoder) => {
      writeVarUint(encoder, type)
      writeVarString(encoder, text)
    })
  }

  #write(type: number, writePayload?: (encoder: Encoder) => void): Uint8Array {
    const encoder = createEncoder()
    writeUint8Array(encoder, this.#prefix)
    writeVarUint(encoder, type)
    writePayload?.(encoder)
    return toUint8Array(encoder)
  }
}

/** Reads type and payload; whether bytes are left over is the caller's to see. */
function decodeBody(bytes: Uint8Array): Frame | BadFrame {
  switch (reader.read(bytes)) {
    case messageSync:
      return decodeSync(bytes)
    case messageAwareness: {
      const payload = readBytes(reader, bytes)
      return payload === undefined ? bad('awareness') : { kind: 'awareness', update: payload }
    }
    case messageAuth:
      return decodeAuth(bytes)
    case messageQueryAwareness:
      return queryAwareness
    case messageStateless: {
      const text = readText(reader, bytes)
      if (text === undefined) return bad('stateless')
      return text.startsWith(chatPrefix)
        ? { kind: 'chat', text: text.slice(chatPrefix.length) }
        : { kind: 'stateless', text }
    }
    case messageClose:
      return close
    case messageSyncStatus:
      return { kind: 'bad-frame', reason: 'Only the server may send this message.' }
    default:
      return { kind: 'bad-frame', reason: 'The message has an unknown type.' }
  }
}

function decodeSync(bytes: Uint8Array): Frame | BadFrame {
  const type = reader.read(bytes)
  const payload = readBytes(reader, bytes)
  if (payload === undefined) return bad('sync')
  switch (type) {
    case step1:
      return { kind: 'step-1', stateVector: payload }
    case step2:
      return { kind: 'step-2', update: payload }
    case update:
      // One that ended with its message was read before.
      return bad('sync')
    default:
      return { kind: 'bad-frame', reason: 'The sync message has an unknown type.' }
  }
}

function decodeAuth(bytes: Uint8Array): Frame | BadFrame {
  if (reader.read(bytes) !== authToken) {
    return { kind: 'bad-frame', reason: 'Only the server may send this message.' }
  }
  const token = readText(reader, bytes)
  const hasVersion = reader.at < bytes.length
  const version = hasVersion ? readText(reader, bytes) : undefined
  if (token === undefined || (hasVersion && version === undefined)) return bad('auth')
  return { kind: 'auth', token, version }
}

function bad(what: string): BadFrame {
  return { kind: 'bad-frame', reason: `The ${what} message is cut short or has bytes left over.` }
}
