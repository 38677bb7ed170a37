import type { Codec } from './codec.ts'

/** Whether a WebSocket message is whole messages of the protocol to its last byte; at least one. */
export function isSeveral(codec: Codec, bytes: Uint8Array): boolean {
  let at = 0
  while (at >= 0 && at < bytes.length) at = codec.endOf(bytes, at)
  return at > 0
}

/** The messages in bytes that are several: views, in order, found one by one. */
export function* messagesIn(codec: Codec, bytes: Uint8Array): Generator<Uint8Array> {
  for (let at = 0; at < bytes.length;) {
    const end = codec.endOf(bytes, at)
    yield bytes.subarray(at, end)
    at = end
  }
}
