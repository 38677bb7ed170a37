import { steps } from '../base/steps.ts'

/** Byte strings in one buffer: with that they go to another thread whole, without being copied. */
export interface Bundle {
  readonly buffer: ArrayBuffer
  /** What was put together, in the buffer. */
  readonly parts: readonly Uint8Array[]
}

/** How much is copied at a time; a kilobyte is a step of a slice, and so is one more part. */
const copiedBytes = 64 * 1_024

/**
 * Puts byte strings together. To hand them over as they are would copy all of them at once, and
 * thousands of small ones take longer than their bytes.
 * Yields the steps taken, for `inSlices`.
 */
export function* bundled(parts: readonly Uint8Array[]): Generator<number, Bundle> {
  const bytes = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0))
  const copies: Uint8Array[] = []
  let to = 0
  for (const part of parts) {
    copies.push(bytes.subarray(to, to + part.length))
    for (let from = 0; from < part.length; from += copiedBytes) {
      const piece = part.subarray(from, from + copiedBytes)
      bytes.set(piece, to)
      to += piece.length
      steps.taken += piece.length / 1_024
      yield piece.length / 1_024
    }
    steps.taken++
    yield 1
  }
  return { buffer: bytes.buffer, parts: copies }
}

/** A copy that threads share: handing it on copies nothing. */
export function shared(bytes: Uint8Array): Uint8Array {
  const copy = new Uint8Array(new SharedArrayBuffer(bytes.length))
  copy.set(bytes)
  return copy
}
