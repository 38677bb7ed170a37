import { createDecoder, readAny } from 'lib0/decoding'
import { steps } from '../base/steps.ts'
import type { SourceRun } from './clocks/runs.ts'
import { isHollow, noClock, StructCursor, structFlag, structRef } from './bytes/struct.ts'
import { skipAny, skipJsonElement } from './bytes/value.ts'

const utf8 = new TextDecoder('utf-8', { ignoreBOM: true })
const latin1 = new TextDecoder('latin1')

/** What Yjs puts in place of half a surrogate pair, when it cuts a text there. */
const replacement = '\ufffd'

/** A cursor on the structs of a run, and the clocks of the one it has read. */
interface Reader {
  readonly cursor: StructCursor
  readonly run: SourceRun
  from: number
  start: number
  end: number
}

/**
 * Whether two runs of one client say the same of the clocks that both have: the same neighbours,
 * and the same content. How the structs are cut and how values are written may differ, and what has
 * no content in one of them was deleted meanwhile.
 */
export function sameStructs(left: SourceRun, right: SourceRun): boolean {
  const [one, other] = [readerOf(left), readerOf(right)]
  while (one.start < one.end && other.start < other.end) {
    const from = Math.max(one.start, other.start)
    const to = Math.min(one.end, other.end)
    if (from < to && !saysSame(one, other, from, to)) return false
    if (one.end <= other.end) readNext(one)
    else readNext(other)
  }
  return true
}

function readerOf(run: SourceRun): Reader {
  const cursor = new StructCursor()
  cursor.start(run.bytes, run.from, run.to)
  cursor.depthMax = Infinity
  const reader = { cursor, run, from: run.from, start: run.start, end: run.start }
  readNext(reader)
  return reader
}

/** Behind the last struct `start` and `end` are the same. */
function readNext(reader: Reader): void {
  const { cursor, run } = reader
  steps.taken++
  reader.start = reader.end
  reader.from = cursor.at
  if (reader.end < run.end) reader.end += cursor.readStruct(run.client, reader.start)
}

function saysSame(one: Reader, other: Reader, from: number, to: number): boolean {
  if (isWrittenSame(one, other)) return true
  if (isHollow(one.cursor.info) || isHollow(other.cursor.info)) return true
  const ref = one.cursor.info & 31
  if (ref !== (other.cursor.info & 31)) return false
  if (neighboursOf(one, from) !== neighboursOf(other, from)) return false
  const said = contentOf(one, ref, from, to)
  const heard = contentOf(other, ref, from, to)
  return said === heard || (ref === structRef.string && isSameText(said, heard))
}

/** Most of what is said again is written as before, and then is not read. */
function isWrittenSame(one: Reader, other: Reader): boolean {
  const length = one.cursor.at - one.from
  if (one.start !== other.start || length !== other.cursor.at - other.from) return false
  for (let at = 0; at < length; at++) {
    if (one.run.bytes[one.from + at] !== other.run.bytes[other.from + at]) return false
  }
  return true
}

/** To the left of a clock inside of a struct is the one before it. */
function neighboursOf({ cursor, from, run, start }: Reader, clock: number): string {
  const right = cursor.rightClock === noClock ? '' : `${cursor.rightClient}:${cursor.rightClock}`
  if (clock > start) return `${run.client}:${clock - 1} ${right}`
  const left = cursor.originClock === noClock ? '' : `${cursor.originClient}:${cursor.originClock}`
  // Without a neighbour the parent is written out.
  const isFirst = (cursor.info & structFlag.references) === 0
  const parent = isFirst ? latin1.decode(run.bytes.subarray(from, cursor.contentFrom)) : ''
  return `${left} ${right}${parent}`
}

function isSameText(left: string, right: string): boolean {
  if (left.length !== right.length) return false
  for (let at = 0; at < left.length; at++) {
    const [one, other] = [left[at], right[at]]
    if (one !== other && one !== replacement && other !== replacement) return false
  }
  return true
}

/** What the clocks hold, in a form that is the same however it was written. */
function contentOf(reader: Reader, ref: number, from: number, to: number): string {
  const { cursor, run, start } = reader
  const content = new StructCursor()
  content.start(run.bytes, cursor.contentFrom, cursor.at)
  switch (ref) {
    case structRef.string:
      content.uint()
      return utf8
        .decode(run.bytes.subarray(content.at, content.end))
        .slice(from - start, to - start)
    case structRef.any:
      return elements(content, skipAny, anyText, from - start, to - start)
    case structRef.json:
      return elements(content, skipJsonElement, jsonText, from - start, to - start)
    case structRef.embed:
      return jsonText(run.bytes.subarray(content.at, content.end))
    case structRef.format: {
      content.text()
      const key = latin1.decode(run.bytes.subarray(cursor.contentFrom, content.at))
      return key + jsonText(run.bytes.subarray(content.at, content.end))
    }
    case structRef.document:
      // Its options are its own program's, which writes them as it has them.
      content.text()
      return latin1.decode(run.bytes.subarray(cursor.contentFrom, content.at))
    default:
      return latin1.decode(run.bytes.subarray(content.at, content.end))
  }
}

function elements(
  content: StructCursor,
  skip: (cursor: StructCursor, depth: number) => void,
  textOf: (bytes: Uint8Array) => string,
  from: number,
  to: number,
): string {
  content.uint()
  const texts: string[] = []
  for (let index = 0; index < to; index++) {
    const at = content.at
    skip(content, Infinity)
    if (index >= from) texts.push(textOf(content.bytes.subarray(at, content.at)))
  }
  return texts.join('\n')
}

function anyText(bytes: Uint8Array): string {
  return canonical(readAny(createDecoder(bytes)))
}

/** A length-prefixed text that is JSON, or says `undefined`. */
function jsonText(bytes: Uint8Array): string {
  const cursor = new StructCursor()
  cursor.start(bytes, 0, bytes.length)
  cursor.uint()
  const text = utf8.decode(bytes.subarray(cursor.at))
  return text === 'undefined' ? text : canonical(JSON.parse(text))
}

/** A value as text, whatever the order of its keys and the kind of its numbers. */
function canonical(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value)
  if (value instanceof Uint8Array) return `bytes ${latin1.decode(value)}`
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`
  if (typeof value !== 'object' || value === null) return String(value)
  const entries = Object.entries(value).toSorted(([one], [other]) => (one < other ? -1 : 1))
  return `{${entries.map(([key, held]) => `${JSON.stringify(key)}:${canonical(held)}`).join(',')}}`
}
