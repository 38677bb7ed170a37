import { steps } from '../base/steps.ts'
import { createEncoder, toUint8Array, writeVarUint, writeVarUint8Array } from 'lib0/encoding'
import { VarUintReader } from './wire.ts'

/** One client's presence as the wire carries it. */
export interface AwarenessEntry {
  readonly clientId: number
  readonly clock: number
  /** UTF-8 JSON, kept as it came; undefined when the client has left. */
  readonly state: Uint8Array | undefined
}

/** Bounds on one awareness update. */
export interface AwarenessBounds {
  readonly awareness_state_bytes_max: number
  readonly awareness_entries_max: number
  readonly awareness_clock_max: number
  readonly value_depth_max: number
}

const utf8 = new TextDecoder('utf-8', { fatal: true })
const nullState = new TextEncoder().encode('null')

/**
 * Reads an awareness update whole: count, then (client id, clock, JSON) each.
 * @returns the entries, whose states are views into `bytes`; a sentence when anything is unsound.
 */
export function decodeAwareness(
  bytes: Uint8Array,
  bounds: AwarenessBounds,
): readonly AwarenessEntry[] | string {
  const reader = new VarUintReader()
  const count = reader.read(bytes)
  if (count < 0) return 'the count is cut short'
  if (count > bounds.awareness_entries_max) return 'there are too many entries'
  const entries: AwarenessEntry[] = []
  steps.taken += count
  for (let index = 0; index < count; index++) {
    const clientId = reader.read(bytes)
    const clock = reader.read(bytes)
    const length = reader.read(bytes)
    if (clientId < 0 || clock < 0 || length < 0) return 'an entry is cut short'
    if (clock > bounds.awareness_clock_max) return 'a clock is too far ahead'
    if (length > bounds.awareness_state_bytes_max) return 'a state is too large'
    const end = reader.at + length
    if (end > bytes.length) return 'a state is cut short'
    const json = bytes.subarray(reader.at, end)
    reader.at = end
    // A client that compares two states goes down level by level.
    if (depthOf(json) > bounds.value_depth_max) return 'a state is nested too deep'
    const state = readState(json)
    if (state === 'bad') return 'a state is not JSON'
    entries.push({ clientId, clock, state: state === 'left' ? undefined : json })
  }
  return reader.at === bytes.length ? entries : 'there are bytes left over'
}

/** Writes an awareness update. */
export function encodeAwareness(entries: readonly AwarenessEntry[]): Uint8Array {
  const encoder = createEncoder()
  writeVarUint(encoder, entries.length)
  for (const entry of entries) {
    writeVarUint(encoder, entry.clientId)
    writeVarUint(encoder, entry.clock)
    writeVarUint8Array(encoder, entry.state ?? nullState)
  }
  return toUint8Array(encoder)
}

/** How deep JSON is nested at most; exact where it is JSON. */
function depthOf(json: Uint8Array): number {
  let depth = 0
  let deepest = 0
  let inText = false
  for (let at = 0; at < json.length; at++) {
    const byte = json[at]
    if (inText) {
      if (byte === character.backslash) at++
      else if (byte === character.quote) inText = false
    } else if (byte === character.quote) inText = true
    else if (byte === character.openBracket || byte === character.openBrace) {
      depth++
      if (depth > deepest) deepest = depth
    } else if (byte === character.closeBracket || byte === character.closeBrace) depth--
  }
  return deepest
}

const character = {
  quote: 0x22,
  backslash: 0x5c,
  openBracket: 0x5b,
  closeBracket: 0x5d,
  openBrace: 0x7b,
  closeBrace: 0x7d,
} as const

function readState(json: Uint8Array): 'present' | 'left' | 'bad' {
  try {
    return JSON.parse(utf8.decode(json)) === null ? 'left' : 'present'
  } catch {
    return 'bad'
  }
}
