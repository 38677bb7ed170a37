import { createEncoder, toUint8Array, writeUint8Array, writeVarString } from 'lib0/encoding'
import { writeVarUint, writeVarUint8Array } from 'lib0/encoding'

/** What a generator has to know of a protocol: how to come in, and where updates stand. */
export interface Wire {
  /** The URL path of a document. */
  path(document: string): string
  /** What a client says at once; `stateVector` is what it has. */
  hello(document: string, stateVector: Uint8Array): readonly Uint8Array[]
  /** One update as one message. */
  update(document: string, update: Uint8Array): Uint8Array
  /** The answer to the server's question what the client has. */
  step2(document: string, update: Uint8Array): Uint8Array
  awareness(document: string, update: Uint8Array): Uint8Array
  /** Bytes before the message type: the address, where the wire has one. */
  prefixBytes(document: string): number
  /** Whether the server answers at all; the bare relay does not. */
  readonly answers: boolean
}

/** No structs, no deletes. */
export const emptyUpdate = Uint8Array.of(0, 0)
/** A client that has nothing. */
export const emptyVector = Uint8Array.of(0)

/** A y-websocket server at this path. */
export function yWire(root: string, answers = true): Wire {
  const message = (types: readonly number[], bytes: Uint8Array): Uint8Array => {
    const encoder = createEncoder()
    for (const type of types) writeVarUint(encoder, type)
    writeVarUint8Array(encoder, bytes)
    return toUint8Array(encoder)
  }
  return {
    answers,
    path: (document) => root + document,
    hello: (_document, stateVector) => (answers ? [message([0, 0], stateVector)] : []),
    update: (_document, update) => message([0, 2], update),
    step2: (_document, update) => message([0, 1], update),
    awareness: (_document, update) => message([1], update),
    prefixBytes: () => 0,
  }
}

/** A Hocuspocus server, as provider 4.8 speaks. */
export const hocuspocusWire: Wire = {
  answers: true,
  path: () => '/',
  hello: (document, stateVector) => [
    addressed(document, [2, 0], (encoder) => {
      writeVarString(encoder, 'token')
      writeVarString(encoder, '4.8.0')
    }),
    addressed(document, [0, 0], (encoder) => writeVarUint8Array(encoder, stateVector)),
  ],
  update: (document, update) =>
    addressed(document, [0, 2], (encoder) => writeVarUint8Array(encoder, update)),
  step2: (document, update) =>
    addressed(document, [0, 1], (encoder) => writeVarUint8Array(encoder, update)),
  awareness: (document, update) =>
    addressed(document, [1], (encoder) => writeVarUint8Array(encoder, update)),
  prefixBytes: (document) => address(document).length,
}

function addressed(
  document: string,
  types: readonly number[],
  write: (encoder: ReturnType<typeof createEncoder>) => void,
): Uint8Array {
  const encoder = createEncoder()
  writeUint8Array(encoder, address(document))
  for (const type of types) writeVarUint(encoder, type)
  write(encoder)
  return toUint8Array(encoder)
}

function address(document: string): Uint8Array {
  const encoder = createEncoder()
  writeVarString(encoder, document)
  return toUint8Array(encoder)
}
