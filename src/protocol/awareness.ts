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

/** What an awareness update holds. */
export interface AwarenessReading {
  /** Entries within the bounds; their states are views into the update. */
  readonly entries: readonly AwarenessEntry[]
  /** Why others were left out; undefined when none was. */
  readonly excess: string | undefined
}

const utf8 = new TextDecoder('utf-8', { fatal: true })
const nullState = new TextEncoder().encode('null')

/**
 * Reads an awareness update whole: count, then (client id, clock, JSON) each.
 * Of more entries than the bounds allow none is read.
 * @returns what it holds; a sentence when it does not decode whole.
 */
export function decodeAwareness(
  bytes: Uint8Array,
  bounds: AwarenessBounds,
): AwarenessReading | string {
  const reader = new VarUintReader()
  const count = reader.read(bytes)
  if (count < 0) return 'the count is cut short'
  // An entry takes three bytes at least: huge counts cost nothing.
  if (count > (bytes.length - reader.at) / 3) return 'an entry is cut short'
  const entries: AwarenessEntry[] = []
  if (count > bounds.awareness_entries_max) {
    return { entries, excess: 'there are too many presence states in one message' }
  }
  steps.taken += count
  let excess: string | undefined
  for (let index = 0; index < count; index++) {
    const clientId = reader.read(bytes)
    const clock = reader.read(bytes)
    const length = reader.read(bytes)
    if (clientId < 0 || clock < 0 || length < 0) return 'an entry is cut short'
    const end = reader.at + length
    if (end > bytes.length) return 'a state is cut short'
    const json = bytes.subarray(reader.at, end)
    reader.at = end
    const tooMuch = excessOf(clock, json, bounds)
    if (tooMuch !== undefined) {
      excess = tooMuch
      continue
    }
    const state = readState(json)
    if (state === 'bad') return 'a state is not JSON'
    entries.push({ clientId, clock, state: state === 'left' ? undefined : json })
  }
  return reader.at === bytes.length ? { entries, excess } : 'there are bytes left over'
}

function excessOf(clock: number, json: Uint8Array, bounds: AwarenessBounds): string | undefined {
  if (clock > bounds.awareness_clock_max) return 'the clock of the presence state is too far ahead'
  const { awareness_state_bytes_max: bytesMax, value_depth_max: depthMax } = bounds
  if (json.length > bytesMax) return `the presence state has more than ${bytesMax} bytes`
  // A client that compares two states goes down level by level.
  if (depthOf(json) <= depthMax) return undefined
  return `the presence state is nested over ${depthMax} levels deep`
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
