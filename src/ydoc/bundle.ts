import { steps } from '../base/steps.ts'

/** Byte strings one behind the other: they go to another thread whole, without being copied. */
export interface Bundle {
  readonly bytes: Uint8Array<ArrayBuffer>
  /** Of each of them. */
  readonly lengths: Uint32Array
}

/** How much is copied at a time; a kilobyte is a step of a slice, and so is one more part. */
const copiedBytes = 64 * 1_024

/**
 * Puts byte strings together. To hand them over as they are would copy all of them at once, and
 * thousands of small ones take longer than their bytes.
 * Yields the steps taken, for `inSlices`.
 */
export function* bundled(parts: readonly Uint8Array[]): Generator<number, Bundle> {
  const lengths = Uint32Array.from(parts, ({ length }) => length)
  const bytes = new Uint8Array(lengths.reduce((sum, length) => sum + length, 0))
  let to = 0
  for (const part of parts) {
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
  return { bytes, lengths }
}

/** What was put together. */
export function unbundled({ bytes, lengths }: Bundle): readonly Uint8Array[] {
  let at = 0
  return Array.from(lengths, (length) => bytes.subarray(at, (at += length)))
}

/** A copy that threads share: handing it on copies nothing. */
export function shared(bytes: Uint8Array): Uint8Array {
  const copy = new Uint8Array(new SharedArrayBuffer(bytes.length))
  copy.set(bytes)
  return copy
}
