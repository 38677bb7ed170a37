import * as encoding from 'lib0/encoding'

/** A text item as the wire has it; whatever is not said is as in a client's first letter. */
export interface CraftedItem {
  readonly client: number
  readonly clock?: number
  readonly text?: string
  /** The item to its left; without one it is the first in a root type. */
  readonly origin?: readonly [client: number, clock: number]
  readonly root?: string
}

/** Clocks of one client that are deleted. */
export interface CraftedDelete {
  readonly client: number
  readonly clock: number
  readonly length: number
}

/** A Yjs V1 update of one item per client, and deletes, whatever sense they make. */
export function craftUpdate(
  items: readonly CraftedItem[],
  deletes: readonly CraftedDelete[] = [],
): Uint8Array {
  const encoder = encoding.createEncoder()
  encoding.writeVarUint(encoder, items.length)
  for (const { client, clock = 0, text = 'x', origin, root = 't' } of items) {
    encoding.writeVarUint(encoder, 1)
    encoding.writeVarUint(encoder, client)
    encoding.writeVarUint(encoder, clock)
    encoding.writeUint8(encoder, origin === undefined ? 4 : 4 | 128)
    if (origin === undefined) {
      encoding.writeVarUint(encoder, 1)
      encoding.writeVarString(encoder, root)
    } else {
      for (const part of origin) encoding.writeVarUint(encoder, part)
    }
    encoding.writeVarString(encoder, text)
  }
  encoding.writeVarUint(encoder, deletes.length)
  for (const { client, clock, length } of deletes) {
    for (const part of [client, 1, clock, length]) encoding.writeVarUint(encoder, part)
  }
  return encoding.toUint8Array(encoder)
}

/** One client's deleted content of length 1, so many times, with a gap of 1 before each. */
export function craftGaps(client: number, count: number): Uint8Array {
  const encoder = encoding.createEncoder()
  for (const part of [1, 2 * count, client, 0]) encoding.writeVarUint(encoder, part)
  for (let index = 0; index < count; index++) {
    encoding.writeUint8(encoder, 10)
    encoding.writeVarUint(encoder, 1)
    encoding.writeUint8(encoder, 0)
    encoding.writeVarUint(encoder, 1)
  }
  encoding.writeVarUint(encoder, 0)
  return encoding.toUint8Array(encoder)
}

/** Deletes of so many clocks of one client, every second one. */
export function craftDeletes(client: number, count: number, from = 0): Uint8Array {
  const encoder = encoding.createEncoder()
  for (const part of [0, 1, client, count]) encoding.writeVarUint(encoder, part)
  for (let index = 0; index < count; index++) {
    encoding.writeVarUint(encoder, from + 2 * index)
    encoding.writeVarUint(encoder, 1)
  }
  return encoding.toUint8Array(encoder)
}

/** Letters of one client at one place: of two clients, the lower first, Yjs compares all pairs. */
export function craftInsertsAtOnePlace(client: number, count: number): Uint8Array {
  const encoder = encoding.createEncoder()
  for (const part of [1, count, client, 0]) encoding.writeVarUint(encoder, part)
  for (let index = 0; index < count; index++) {
    encoding.writeUint8(encoder, 4)
    encoding.writeVarUint(encoder, 1)
    encoding.writeVarString(encoder, 't')
    encoding.writeVarString(encoder, 'x')
  }
  encoding.writeVarUint(encoder, 0)
  return encoding.toUint8Array(encoder)
}

/** Clocks of a client without content and, unless told so, without a delete. */
export function craftHollow(
  client: number,
  clock: number,
  length: number,
  deleted = false,
): Uint8Array {
  const encoder = encoding.createEncoder()
  for (const part of [1, 1, client, clock, 0, length]) encoding.writeVarUint(encoder, part)
  const deletes = deleted ? [1, client, 1, clock, length] : [0]
  for (const part of deletes) encoding.writeVarUint(encoder, part)
  return encoding.toUint8Array(encoder)
}
