import { isAscii } from 'node:buffer'
import type { UpdateFaultKind } from '../fault.ts'

/** What a cursor rests on before it was given bytes. */
const noBytes = new Uint8Array(0)
/** From so many bytes on it pays to have the machine look at many of them at a time. */
const longText = 1_024

/**
 * Reads lib0's primitives from bytes without allocating and without throwing.
 *
 * The first thing wrong is kept in `fault` and moves the cursor to the end, where every
 * further read fails at once and gives 0: callers look at `fault` once per struct, not once
 * per number.
 */
export class UpdateCursor {
  /** The bytes under the cursor. */
  bytes: Uint8Array = noBytes
  /** Offset of the next byte. */
  at = 0
  /** Offset behind the last byte to read. */
  end = 0
  /** The first thing that was wrong. */
  fault: UpdateFaultKind | undefined = undefined
  /** Offset of the first byte of the text last read; its end is `at` right after. */
  textFrom = 0

  /** Starts over on bytes, from one offset to another. */
  start(bytes: Uint8Array, from: number, to: number): void {
    this.bytes = bytes
    this.at = from
    this.end = to
    this.fault = undefined
  }

  /** Notes a fault, the first one wins. @returns 0, to be passed on as the value read */
  fail(fault: UpdateFaultKind): 0 {
    this.fault ??= fault
    this.at = this.end
    return 0
  }

  /** One byte. */
  byte(): number {
    const at = this.at
    if (at >= this.end) return this.fail('truncated')
    this.at = at + 1
    return this.bytes[at] ?? 0
  }

  /** An unsigned number of 7 bits a byte, at most 2^53 - 1. */
  uint(): number {
    const at = this.at
    if (at >= this.end) return this.fail('truncated')
    const byte = this.bytes[at] ?? 0
    if (byte >= 128) return this.#longUint(byte & 127, at + 1)
    this.at = at + 1
    return byte
  }

  #longUint(first: number, from: number): number {
    const { bytes, end } = this
    let at = from
    let value = first
    let shift = 7
    // A client id has five bytes: four of them fit in integer arithmetic.
    while (at < end && shift < 28) {
      const byte = bytes[at++] ?? 0
      value |= (byte & 127) << shift
      if (byte < 128) {
        this.at = at
        return value
      }
      shift += 7
    }
    let scale = 2 ** 28
    while (at < end && scale < 2 ** 56) {
      const byte = bytes[at++] ?? 0
      value += (byte & 127) * scale
      if (byte < 128) {
        this.at = at
        return value > Number.MAX_SAFE_INTEGER ? this.fail('number') : value
      }
      scale *= 128
    }
    return this.fail(at < end ? 'number' : 'truncated')
  }

  /** Passes over a signed number. */
  skipInt(): void {
    if (this.byte() < 128) return
    // The first byte holds six bits of it, the rest is written like an unsigned one.
    if (this.uint() >= 2 ** 47) this.fail('number')
  }

  /** Passes over as many bytes. */
  skip(count: number): void {
    if (count > this.end - this.at) this.fail('truncated')
    else this.at += count
  }

  /**
   * Passes over a string, checked as a fatal TextDecoder would.
   * @returns its length in UTF-16 code units
   */
  text(): number {
    const size = this.uint()
    const from = this.at
    this.textFrom = from
    if (size > this.end - from) return this.fail('truncated')
    const { bytes } = this
    const to = from + size
    let at = from
    if (size >= longText && isAscii(bytes.subarray(from, to))) at = to
    while (at < to && (bytes[at] ?? 0) < 128) at++
    if (at === to) {
      this.at = to
      return size
    }
    return this.#wideText(at, to, at - from)
  }

  #wideText(from: number, to: number, unitsBefore: number): number {
    const { bytes } = this
    let at = from
    let units = unitsBefore
    while (at < to) {
      const size = utf8Size(bytes, at, to)
      if (size === 0) return this.fail('text')
      at += size
      units += size === 4 ? 2 : 1
    }
    this.at = to
    return units
  }
}

/**
 * The size of the UTF-8 sequence at an offset, by the table of well-formed sequences
 * (Unicode, table 3-7): no overlong forms, no surrogates, nothing over U+10FFFF.
 * @returns 1 to 4 bytes, 0 when it is not well-formed before `to`
 */
export function utf8Size(bytes: Uint8Array, at: number, to: number): number {
  const lead = bytes[at] ?? 0
  if (lead < 0x80) return 1
  if (lead < 0xc2 || lead > 0xf4) return 0
  const size = lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4
  if (at + size > to) return 0
  const second = bytes[at + 1] ?? 0
  const least = lead === 0xe0 ? 0xa0 : lead === 0xf0 ? 0x90 : 0x80
  const most = lead === 0xed ? 0x9f : lead === 0xf4 ? 0x8f : 0xbf
  if (second < least || second > most) return 0
  for (let i = 2; i < size; i++) {
    if (((bytes[at + i] ?? 0) & 0xc0) !== 0x80) return 0
  }
  return size
}
