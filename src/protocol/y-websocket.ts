import {
  createEncoder,
  toUint8Array,
  writeVarString,
  writeVarUint,
  writeVarUint8Array,
} from 'lib0/encoding'
import { writePermissionDenied } from 'y-protocols/auth'
import {
  messageYjsSyncStep1 as step1,
  messageYjsSyncStep2 as step2,
  messageYjsUpdate as update,
} from 'y-protocols/sync'
import type { Codec } from './codec.ts'
import { type BadFrame, type Frame, ReceivedUpdate } from './frame.ts'
import {
  grantText,
  messageAuth,
  messageAwareness,
  messageQueryAwareness,
  messageSync,
  readText,
  syncFrame,
  syncHead,
  syncPayloadAt,
  VarUintReader,
} from './wire.ts'

/** ytopic's own, for connections that ask. Types from 110 on are for extensions. */
const messageSaved = 110
const messageChat = 111
const messageGranted = 112
const messageMessage = 113

const reader = new VarUintReader()
/** The URL names the document, so frames begin with their type. */
const noPrefix = new Uint8Array(0)
const queryAwareness: Frame = { kind: 'query-awareness' }
/** Of a client that has nothing. */
const emptyVector = Uint8Array.of(0)
/** An awareness update with no entries: every version of the client takes it and does nothing. */
const keepAlive = Uint8Array.of(messageAwareness, 1, 0)

/** The protocol of `y-websocket` 1.x to 3.x (docs/wire.md). */
export const yWebsocket: Codec = {
  id: 'y',
  decode(bytes) {
    const from = syncPayloadAt(reader, bytes, 0, update)
    if (from >= 0) return new ReceivedUpdate(bytes, from)
    reader.at = 0
    switch (reader.read(bytes)) {
      case messageSync:
        return decodeSync(bytes)
      case messageAwareness: {
        const payload = readPayload(bytes)
        return payload === undefined ? bad('awareness') : { kind: 'awareness', update: payload }
      }
      case messageQueryAwareness:
        return reader.at === bytes.length ? queryAwareness : bad('query awareness')
      case messageChat:
        return decodeText('chat', bytes)
      case messageMessage:
        return decodeText('message', bytes)
      case messageSaved:
      case messageGranted:
      case messageAuth:
        return { kind: 'bad-frame', reason: 'Only the server may send this message.' }
      default:
        return { kind: 'bad-frame', reason: 'The message has an unknown type.' }
    }
  },
  endOf(bytes, from) {
    reader.at = from
    switch (reader.read(bytes)) {
      case messageSync: {
        const type = reader.read(bytes)
        if (type !== step1 && type !== step2 && type !== update) return -1
        return isBareStep1(type, bytes) ? reader.at : endOfPayload(bytes)
      }
      case messageAwareness:
      case messageChat:
      case messageMessage:
        return endOfPayload(bytes)
      case messageQueryAwareness:
        return reader.at
      default:
        return -1
    }
  },
  encode(frame) {
    switch (frame.kind) {
      case 'step-1':
        return encodeSync(step1, frame.stateVector)
      case 'step-2':
        return encodeSync(step2, frame.update)
      case 'update':
        return encodeSync(update, frame.update)
      case 'awareness': {
        const encoder = createEncoder()
        writeVarUint(encoder, messageAwareness)
        writeVarUint8Array(encoder, frame.update)
        return toUint8Array(encoder)
      }
      case 'query-awareness':
        return Uint8Array.of(messageQueryAwareness)
      case 'denied': {
        const encoder = createEncoder()
        writeVarUint(encoder, messageAuth)
        writePermissionDenied(encoder, frame.reason)
        return toUint8Array(encoder)
      }
      case 'saved': {
        const encoder = createEncoder()
        writeVarUint(encoder, messageSaved)
        writeVarUint(encoder, frame.count)
        return toUint8Array(encoder)
      }
      case 'granted':
        return encodeText(messageGranted, grantText(frame))
      case 'chat':
        return encodeText(messageChat, frame.text)
      case 'message':
        return encodeText(messageMessage, frame.text)
      case 'keep-alive':
        return keepAlive
      case 'auth':
      case 'authenticated':
      case 'token-wanted':
      case 'close':
      case 'sync-status':
      case 'stateless':
        return undefined
    }
  },

  updateHead(updateBytes) {
    return syncHead(noPrefix, [messageSync, update], updateBytes)
  },
}

/**
 * Whether a message on a socket for many documents is what a y-websocket client says first. It says
 * so there when its document has no name; Hocuspocus's words for such a document are never like it.
 */
export function opensYWebsocket(bytes: Uint8Array): boolean {
  if (bytes[0] !== messageSync || bytes[1] !== step1) return false
  const saysEmpty = bytes[2] === emptyVector.length && bytes[3] === 0
  return saysEmpty || yWebsocket.decode(bytes).kind === 'step-1'
}

function decodeText(kind: 'chat' | 'message', bytes: Uint8Array): Frame | BadFrame {
  const text = readText(reader, bytes)
  return text !== undefined && reader.at === bytes.length ? { kind, text } : bad(kind)
}

function encodeText(type: number, text: string): Uint8Array {
  const encoder = createEncoder()
  writeVarUint(encoder, type)
  writeVarString(encoder, text)
  return toUint8Array(encoder)
}

function decodeSync(bytes: Uint8Array): Frame | BadFrame {
  const type = reader.read(bytes)
  if (isBareStep1(type, bytes)) return { kind: 'step-1', stateVector: emptyVector }
  const payload = readPayload(bytes)
  if (payload === undefined) return bad('sync')
  switch (type) {
    case step1:
      return { kind: 'step-1', stateVector: payload }
    case step2:
      return { kind: 'step-2', update: payload }
    default:
      return { kind: 'bad-frame', reason: 'The sync message has an unknown type.' }
  }
}

/** Candidates of `@y/websocket` leave the state vector out where they have nothing. */
function isBareStep1(type: number, bytes: Uint8Array): boolean {
  return type === step1 && reader.at === bytes.length
}

/** The length-prefixed rest of the message; undefined unless it is exactly the rest. */
function readPayload(bytes: Uint8Array): Uint8Array | undefined {
  const length = reader.read(bytes)
  if (length < 0 || reader.at + length !== bytes.length) return undefined
  return bytes.subarray(reader.at)
}

/** Behind a length-prefixed payload; -1 when the bytes end first. */
function endOfPayload(bytes: Uint8Array): number {
  const length = reader.read(bytes)
  return length < 0 || reader.at + length > bytes.length ? -1 : reader.at + length
}

function encodeSync(type: number, payload: Uint8Array): Uint8Array {
  return syncFrame(noPrefix, [messageSync, type], payload)
}

function bad(what: string): BadFrame {
  return { kind: 'bad-frame', reason: `The ${what} message is cut short or has bytes left over.` }
}
