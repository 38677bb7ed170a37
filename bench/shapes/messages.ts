import * as encoding from 'lib0/encoding'
import * as Y from 'yjs'
import { yWebsocket } from '../../src/protocol/y-websocket.ts'

/** A message with that update. */
export function updateMessage(update: Uint8Array): Uint8Array {
  return yWebsocket.encode({ kind: 'update', update }) ?? Uint8Array.of()
}

/** A message with that step 2. */
export function step2Message(update: Uint8Array): Uint8Array {
  return yWebsocket.encode({ kind: 'step-2', update }) ?? Uint8Array.of()
}

/** A message with that step 1. */
export function step1Message(stateVector: Uint8Array): Uint8Array {
  return yWebsocket.encode({ kind: 'step-1', stateVector }) ?? Uint8Array.of()
}

/** A message with those awareness entries. */
export function awarenessMessage(
  entries: readonly (readonly [client: number, clock: number, json: string])[],
): Uint8Array {
  const encoder = encoding.createEncoder()
  encoding.writeVarUint(encoder, entries.length)
  for (const [client, clock, json] of entries) {
    encoding.writeVarUint(encoder, client)
    encoding.writeVarUint(encoder, clock)
    encoding.writeVarString(encoder, json)
  }
  const update = encoding.toUint8Array(encoder)
  return yWebsocket.encode({ kind: 'awareness', update }) ?? Uint8Array.of()
}

/** Messages of somebody who types letter by letter, as stock Yjs writes them. */
export function typedMessages(count: number, client: number): readonly Uint8Array[] {
  const document = new Y.Doc()
  document.clientID = client
  const messages: Uint8Array[] = []
  document.on('update', (update: Uint8Array) => messages.push(updateMessage(update)))
  for (let index = 0; index < count; index++) document.getText('t').insert(index, 'x')
  document.destroy()
  return messages
}

/** Numbers one after the other, as lib0 writes them. */
export function numbers(...values: readonly number[]): Uint8Array {
  const encoder = encoding.createEncoder()
  for (const value of values) encoding.writeVarUint(encoder, value)
  return encoding.toUint8Array(encoder)
}

/** So many clients with one letter each, from a client id on, in one update without deletes. */
export function crowdUpdate(count: number, firstClient: number, clock = 0): Uint8Array {
  const encoder = encoding.createEncoder()
  encoding.writeVarUint(encoder, count)
  for (let index = count - 1; index >= 0; index--) {
    for (const value of [1, firstClient + index, clock, 4, 1]) encoding.writeVarUint(encoder, value)
    encoding.writeVarString(encoder, 't')
    encoding.writeVarString(encoder, 'x')
  }
  encoding.writeVarUint(encoder, 0)
  return encoding.toUint8Array(encoder)
}

/** A delete set without structs; each range of a client of its own when `each` says so. */
export function deletesUpdate(
  ranges: readonly (readonly [clock: number, length: number])[],
  client: number,
): Uint8Array {
  const encoder = encoding.createEncoder()
  for (const value of [0, 1, client, ranges.length]) encoding.writeVarUint(encoder, value)
  for (const range of ranges) for (const value of range) encoding.writeVarUint(encoder, value)
  return encoding.toUint8Array(encoder)
}
