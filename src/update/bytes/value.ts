import type { UpdateCursor } from './cursor.ts'
import { skipJson } from './json.ts'

/** The tags of lib0's `writeAny`, and nothing else, are values. */
const anyTag = {
  undefined: 127,
  null: 126,
  integer: 125,
  float32: 124,
  float64: 123,
  bigint: 122,
  false: 121,
  true: 120,
  text: 119,
  object: 118,
  array: 117,
  bytes: 116,
} as const

const textEncoder = new TextEncoder()
const protoKey = textEncoder.encode('__proto__')
const undefinedText = textEncoder.encode('undefined')
/** Options of a subdocument that only its own program may give: read back they break it. */
const privateOptions = [textEncoder.encode('guid'), textEncoder.encode('gcFilter')]

/** Passes over one value as lib0's `readAny` reads it, at most `depth` levels deep. */
export function skipAny(cursor: UpdateCursor, depth: number): void {
  switch (cursor.byte()) {
    case anyTag.undefined:
    case anyTag.null:
    case anyTag.false:
    case anyTag.true:
      return
    case anyTag.integer:
      return cursor.skipInt()
    case anyTag.float32:
      return cursor.skip(4)
    case anyTag.float64:
    case anyTag.bigint:
      return cursor.skip(8)
    case anyTag.text:
      cursor.text()
      return
    case anyTag.bytes:
      return cursor.skip(cursor.uint())
    case anyTag.array:
      return skipArray(cursor, depth - 1)
    case anyTag.object:
      return skipObject(cursor, depth - 1)
    default:
      cursor.fail('value')
  }
}

function skipArray(cursor: UpdateCursor, depth: number): void {
  const count = cursor.uint()
  if (depth < 0) cursor.fail('too-deep')
  // Each element takes a byte at least: a huge count costs nothing.
  if (count > cursor.end - cursor.at) cursor.fail('truncated')
  for (let i = 0; i < count && cursor.fault === undefined; i++) skipAny(cursor, depth)
}

function skipObject(cursor: UpdateCursor, depth: number): void {
  const count = cursor.uint()
  if (depth < 0) cursor.fail('too-deep')
  if (count > (cursor.end - cursor.at) / 2) cursor.fail('truncated')
  for (let i = 0; i < count && cursor.fault === undefined; i++) {
    cursor.text()
    // lib0 assigns it as prototype: the object then passes for bytes and cannot be written.
    if (cursor.bytes[cursor.at] === anyTag.bytes && textIs(cursor, protoKey)) cursor.fail('value')
    skipAny(cursor, depth)
  }
}

/**
 * Passes over the options of a subdocument. Yjs spreads them over its own, so a key that is
 * none of the wire's would replace the guid or a function.
 */
export function skipOptions(cursor: UpdateCursor, depth: number): void {
  if (cursor.byte() !== anyTag.object) cursor.fail('value')
  const count = cursor.uint()
  if (depth < 1) cursor.fail('too-deep')
  if (count > (cursor.end - cursor.at) / 2) cursor.fail('truncated')
  for (let i = 0; i < count && cursor.fault === undefined; i++) {
    cursor.text()
    for (const key of privateOptions) if (textIs(cursor, key)) cursor.fail('value')
    if (cursor.bytes[cursor.at] === anyTag.bytes && textIs(cursor, protoKey)) cursor.fail('value')
    skipAny(cursor, depth - 1)
  }
}

/** Passes over a string that is JSON. */
export function skipJsonText(cursor: UpdateCursor, depth: number): void {
  cursor.text()
  if (cursor.fault === undefined) skipJson(cursor, depth)
}

/** Passes over an element of the old JSON content: JSON, or the word `undefined`. */
export function skipJsonElement(cursor: UpdateCursor, depth: number): void {
  cursor.text()
  if (cursor.fault !== undefined || textIs(cursor, undefinedText)) return
  skipJson(cursor, depth)
}

/** Whether the text last read is this one. */
function textIs(cursor: UpdateCursor, text: Uint8Array): boolean {
  const from = cursor.textFrom
  if (cursor.at - from !== text.length) return false
  for (let i = 0; i < text.length; i++) if (cursor.bytes[from + i] !== text[i]) return false
  return true
}
