import { bundled } from './bundle.ts'
import type { Attributable } from './history/attributable.ts'
import type { Answer, ComparedSide, Request } from './request.ts'

/** A request whose bytes lie in one buffer, which goes with it. */
interface HandedOver {
  readonly request: Request
  readonly buffer: ArrayBuffer
}

/** Copies the bytes of a request to one buffer. Yields the steps taken, for `inSlices`. */
export function* handedOver(request: Request): Generator<number, HandedOver> {
  const found: Uint8Array[] = []
  withBytes(request, (bytes) => {
    found.push(bytes)
    return bytes
  })
  const { buffer, parts } = yield* bundled(found)
  let next = 0
  return { request: withBytes(request, (bytes) => parts[next++] ?? bytes), buffer }
}

/** What of an answer goes back without being copied. */
export function buffersOf({ kind, value }: Answer): ArrayBuffer[] {
  if (kind !== 'state' && kind !== 'join' && kind !== 'attribute') return []
  const { buffer, byteLength } = value
  // One that others lie in as well stays here.
  return buffer instanceof ArrayBuffer && buffer.byteLength === byteLength ? [buffer] : []
}

type Move = (bytes: Uint8Array) => Uint8Array

/** The request with other bytes, asked for in the same order each time. */
function withBytes(request: Request, move: Move): Request {
  switch (request.kind) {
    case 'fold':
    case 'look':
    case 'read':
    case 'edit':
    case 'threads':
      return { ...request, parts: request.parts.map(move) }
    case 'keep':
      return {
        ...request,
        stored: storedWith(request.stored, move),
        chain: request.chain.map(move),
      }
    case 'restore':
      return { ...request, now: request.now.map(move), chain: request.chain.map(move) }
    case 'state':
      return { ...request, chain: request.chain.map(move) }
    case 'join': {
      const [first, second] = request.neighbours
      return { ...request, neighbours: [move(first), move(second)] }
    }
    case 'compare': {
      const [old, now] = [sideWith(request.old, move), sideWith(request.now, move)]
      return { ...request, old, now, stored: storedWith(request.stored, move) }
    }
    case 'attribute':
      return { ...request, stored: storedWith(request.stored, move) }
  }
}

function storedWith({ attribution, log, snapshot }: Attributable, move: Move): Attributable {
  return {
    snapshot: snapshot === undefined ? undefined : move(snapshot),
    attribution: attribution === undefined ? undefined : move(attribution),
    log: log.map(({ by, bytes, time }) => ({ by, time, bytes: move(bytes) })),
  }
}

function sideWith(side: ComparedSide, move: Move): ComparedSide {
  switch (side.kind) {
    case 'empty':
      return side
    case 'version':
      return { ...side, chain: side.chain.map(move) }
    case 'now':
      return { ...side, updates: side.updates.map(move) }
  }
}
