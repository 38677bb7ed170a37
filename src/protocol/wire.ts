import { createEncoder, toUint8Array, writeUint8Array, writeVarUint } from 'lib0/encoding'

import type { Granted } from './frame.ts'

/** Message types that y-websocket and Hocuspocus have in common. */
export const messageSync = 0
export const messageAwareness = 1
export const messageAuth = 2
export const messageQueryAwareness = 3

/** A varUint read from bytes, without an exception on the way: the value and what follows it. */
export class VarUintReader {
  /** Where the next read begins. */
  at = 0

  /** Reads at `at`; -1 when the bytes end first or the number passes 2^53 - 1. */
  read(bytes: Uint8Array): number {
    let value = 0
    let scale = 1
    while (this.at < bytes.length) {
      const byte = bytes[this.at++] ?? 0
      value += (byte & 0x7f) * scale
      if (value > Number.MAX_SAFE_INTEGER) return -1
      if (byte < 0x80) return value
      scale *= 128
    }
    return -1
  }
}

/**
 * A frame of small numbers and one payload. It has the memory that it needs at once and the payload
 * is copied once, where an encoder that grows copies it twice: these are the frames that matter.
 * @param prefix what stands before everything else
 * @param types two numbers below 128
 */
export function syncFrame(
  prefix: Uint8Array,
  types: readonly [number, number],
  payload: Uint8Array,
): Uint8Array {
  const lengthFrom = prefix.length + types.length
  const payloadFrom = lengthFrom + varUintBytes(payload.length)
  const frame = new Uint8Array(payloadFrom + payload.length)
  frame.set(prefix)
  frame.set(types, prefix.length)
  let rest = payload.length
  for (let at = lengthFrom; at < payloadFrom; at++) {
    frame[at] = at + 1 < payloadFrom ? (rest % 128) + 128 : rest
    rest = Math.floor(rest / 128)
  }
  frame.set(payload, payloadFrom)
  return frame
}

/** What stands before a payload of so many bytes in the frame that `syncFrame` writes. */
export function syncHead(
  prefix: Uint8Array,
  types: readonly [number, number],
  payloadBytes: number,
): Uint8Array {
  const encoder = createEncoder()
  writeUint8Array(encoder, prefix)
  for (const number of [...types, payloadBytes]) writeVarUint(encoder, number)
  return toUint8Array(encoder)
}

function varUintBytes(value: number): number {
  let bytes = 1
  for (let rest = value; rest >= 128; rest = Math.floor(rest / 128)) bytes++
  return bytes
}

/**
 * Where the payload begins when the bytes from `at` on are a sync message of that type and nothing
 * more; -1 when they are not.
 */
export function syncPayloadAt(
  reader: VarUintReader,
  bytes: Uint8Array,
  at: number,
  type: number,
): number {
  if (bytes[at] !== messageSync || bytes[at + 1] !== type) return -1
  reader.at = at + 2
  const length = reader.read(bytes)
  return length >= 0 && reader.at + length === bytes.length ? reader.at : -1
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** The length-prefixed bytes at the reader; undefined when the message ends first. */
export function readBytes(reader: VarUintReader, bytes: Uint8Array): Uint8Array | undefined {
  const length = reader.read(bytes)
  if (length < 0 || reader.at + length > bytes.length) return undefined
  const start = reader.at
  reader.at += length
  return bytes.subarray(start, reader.at)
}

/** The length-prefixed text at the reader; undefined when it is cut short or not UTF-8. */
export function readText(reader: VarUintReader, bytes: Uint8Array): string | undefined {
  const text = readBytes(reader, bytes)
  if (text === undefined) return undefined
  try {
    return utf8.decode(text)
  } catch {
    return undefined
  }
}

/** What a client was granted, as JSON: both protocols say it in the same words. */
export function grantText({ kind, access, user, incarnation }: Granted): string {
  return JSON.stringify({ type: kind, access, user, incarnation })
}
