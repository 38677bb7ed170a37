import type { UpdateCursor } from './cursor.ts'

/** A place in JSON that is not JSON. */
const wrong = -1
/** A place in JSON under more levels than the limit. */
const tooDeep = -2

const nullWord = Uint8Array.from('null', (letter) => letter.charCodeAt(0))
const trueWord = Uint8Array.from('true', (letter) => letter.charCodeAt(0))
const falseWord = Uint8Array.from('false', (letter) => letter.charCodeAt(0))

/**
 * Checks that the text last read by the cursor is what `JSON.parse` accepts (RFC 8259), so
 * that nothing has to be parsed. The text is known to be valid UTF-8.
 * @param depth levels of arrays and objects that are allowed
 */
export function skipJson(cursor: UpdateCursor, depth: number): void {
  const { bytes } = cursor
  const to = cursor.at
  const at = afterValue(bytes, afterSpace(bytes, cursor.textFrom, to), to, depth)
  if (at === tooDeep) cursor.fail('too-deep')
  else if (at === wrong || afterSpace(bytes, at, to) !== to) cursor.fail('json')
}

function afterSpace(bytes: Uint8Array, from: number, to: number): number {
  let at = from
  while (at < to && isSpace(bytes[at])) at++
  return at
}

function isSpace(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09
}

function afterValue(bytes: Uint8Array, at: number, to: number, depth: number): number {
  if (at >= to) return wrong
  switch (bytes[at]) {
    case 0x22: // "
      return afterString(bytes, at + 1, to)
    case 0x6e: // n
      return afterWord(bytes, at, to, nullWord)
    case 0x74: // t
      return afterWord(bytes, at, to, trueWord)
    case 0x66: // f
      return afterWord(bytes, at, to, falseWord)
    case 0x5b: // [
      return depth < 1 ? tooDeep : afterArray(bytes, at + 1, to, depth - 1)
    case 0x7b: // {
      return depth < 1 ? tooDeep : afterObject(bytes, at + 1, to, depth - 1)
    default:
      return afterNumber(bytes, at, to)
  }
}

function afterWord(bytes: Uint8Array, at: number, to: number, word: Uint8Array): number {
  if (word.length > to - at) return wrong
  for (let i = 1; i < word.length; i++) if (bytes[at + i] !== word[i]) return wrong
  return at + word.length
}

function afterString(bytes: Uint8Array, from: number, to: number): number {
  let at = from
  while (at < to) {
    const byte = bytes[at++] ?? 0
    if (byte === 0x22) return at
    if (byte < 0x20) return wrong
    if (byte !== 0x5c) continue
    const escaped = at < to ? (bytes[at++] ?? 0) : 0
    if (escaped === 0x75) {
      // \u and four hexadecimal digits
      for (let i = 0; i < 4; i++) if (at >= to || !isHex(bytes[at++] ?? 0)) return wrong
    } else if (!isEscape(escaped)) return wrong
  }
  return wrong
}

function isHex(byte: number): boolean {
  return isDigit(byte) || ((byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x66)
}

/** One of `" \ / b f n r t`. */
function isEscape(byte: number): boolean {
  switch (byte) {
    case 0x22:
    case 0x5c:
    case 0x2f:
    case 0x62:
    case 0x66:
    case 0x6e:
    case 0x72:
    case 0x74:
      return true
    default:
      return false
  }
}

function isDigit(byte: number): boolean {
  return byte >= 0x30 && byte <= 0x39
}

function afterDigits(bytes: Uint8Array, from: number, to: number): number {
  let at = from
  while (at < to && isDigit(bytes[at] ?? 0)) at++
  return at === from ? wrong : at
}

function afterNumber(bytes: Uint8Array, from: number, to: number): number {
  let at = bytes[from] === 0x2d ? from + 1 : from
  if (at >= to) return wrong
  at = bytes[at] === 0x30 ? at + 1 : afterDigits(bytes, at, to)
  if (at !== wrong && at < to && bytes[at] === 0x2e) at = afterDigits(bytes, at + 1, to)
  if (at === wrong || at >= to || ((bytes[at] ?? 0) | 0x20) !== 0x65) return at
  const sign = at + 1 < to ? bytes[at + 1] : 0
  return afterDigits(bytes, sign === 0x2b || sign === 0x2d ? at + 2 : at + 1, to)
}

function afterArray(bytes: Uint8Array, from: number, to: number, depth: number): number {
  let at = afterSpace(bytes, from, to)
  if (at < to && bytes[at] === 0x5d) return at + 1
  while (at < to) {
    at = afterValue(bytes, at, to, depth)
    if (at < 0) return at
    at = afterSpace(bytes, at, to)
    if (at >= to) return wrong
    if (bytes[at] === 0x5d) return at + 1
    if (bytes[at] !== 0x2c) return wrong
    at = afterSpace(bytes, at + 1, to)
  }
  return wrong
}

function afterObject(bytes: Uint8Array, from: number, to: number, depth: number): number {
  let at = afterSpace(bytes, from, to)
  if (at < to && bytes[at] === 0x7d) return at + 1
  while (at < to) {
    if (bytes[at] !== 0x22) return wrong
    at = afterString(bytes, at + 1, to)
    if (at < 0) return at
    at = afterSpace(bytes, at, to)
    if (at >= to || bytes[at] !== 0x3a) return wrong
    at = afterValue(bytes, afterSpace(bytes, at + 1, to), to, depth)
    if (at < 0) return at
    at = afterSpace(bytes, at, to)
    if (at >= to) return wrong
    if (bytes[at] === 0x7d) return at + 1
    if (bytes[at] !== 0x2c) return wrong
    at = afterSpace(bytes, at + 1, to)
  }
  return wrong
}
