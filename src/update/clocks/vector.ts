import { steps } from '../../base/steps.ts'
import { UpdateCursor } from '../bytes/cursor.ts'
import { clockMax, updateFault } from '../fault.ts'
import type { UpdateFault } from '../fault.ts'
import { putVarUint, varUintSize } from '../bytes/varuint.ts'

/** A state vector that was read, or what is wrong with it. */
export type StateVectorReading =
  | { readonly kind: 'vector'; readonly clocks: Map<number, number> }
  | { readonly kind: 'refused'; readonly fault: UpdateFault }

/**
 * Reads a state vector whole: nothing left over, each client once, clocks up to 2^40.
 * @param bytes any bytes; never throws
 * @param clientsMax clients that it may name
 */
export function readStateVector(bytes: Uint8Array, clientsMax: number): StateVectorReading {
  const cursor = new UpdateCursor()
  cursor.start(bytes, 0, bytes.length)
  const clocks = new Map<number, number>()
  const count = cursor.uint()
  // Each entry takes two bytes at least: a huge count costs nothing.
  if (count > (cursor.end - cursor.at) / 2) cursor.fail('truncated')
  else if (count > clientsMax) cursor.fail('too-many-clients')
  for (let i = 0; i < count && cursor.fault === undefined; i++) {
    const client = cursor.uint()
    const clock = cursor.uint()
    if (clocks.has(client)) cursor.fail('client-twice')
    if (clock > clockMax) cursor.fail('clock')
    clocks.set(client, clock)
  }
  steps.taken += clocks.size
  if (cursor.at !== cursor.end) cursor.fail('left-over')
  if (cursor.fault !== undefined) return { kind: 'refused', fault: updateFault(cursor.fault) }
  return { kind: 'vector', clocks }
}

/** Writes the entries of a state vector for these clients, as Yjs does. */
export function writeClocks(
  clocks: { get(client: number): number | undefined },
  clients: readonly number[],
): Uint8Array {
  let size = 0
  for (const client of clients) size += varUintSize(client) + varUintSize(clocks.get(client) ?? 0)
  const bytes = new Uint8Array(size)
  let at = 0
  for (const client of clients) {
    at = putVarUint(bytes, at, client)
    at = putVarUint(bytes, at, clocks.get(client) ?? 0)
  }
  return bytes
}
