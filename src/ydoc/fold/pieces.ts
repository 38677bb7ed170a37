import * as Y from 'yjs'
import { keyOfValue } from '../values.ts'

/** Any shared type, of whatever events. */
export type SharedType = Y.ContentType['type']

/** Marks of formatted text by name. */
export type Marks = Readonly<Record<string, unknown>>

/** What stands in a list or text, with the marks that hold there. */
export type Piece =
  | { readonly kind: 'text'; readonly text: string; readonly marks: Marks }
  /** A value of a list, or one embedded in text. */
  | {
      readonly kind: 'value' | 'embed'
      readonly value: unknown
      readonly key: string
      readonly marks: Marks
    }
  | { readonly kind: 'type'; readonly type: SharedType; readonly marks: Marks }

const noMarks: Marks = {}

/**
 * What a type holds as a list, from its items: so the kind of a root need not be known. Text of the
 * same marks is one piece.
 */
export function piecesOf(type: SharedType): readonly Piece[] {
  const pieces: Piece[] = []
  let marks = noMarks
  let text: string[] = []
  let textMarks = noMarks
  const endText = (): void => {
    if (text.length > 0) pieces.push({ kind: 'text', text: text.join(''), marks: textMarks })
    text = []
  }
  // oxlint-disable-next-line no-underscore-dangle -- there is no other way to the items
  for (let item = type._start; item !== null; item = item.right) {
    if (item.deleted) continue
    const { content } = item
    if (content instanceof Y.ContentFormat) {
      marks = withMark(marks, content.key, content.value)
    } else if (content instanceof Y.ContentString) {
      // Marks may have changed to and fro in between.
      if (!sameMarks(textMarks, marks)) endText()
      textMarks = marks
      text.push(content.str)
    } else {
      endText()
      for (const piece of piecesOfContent(content, marks)) pieces.push(piece)
    }
  }
  endText()
  return pieces
}

/** What a type holds by key; the order is that of the keys. */
export function entriesOf(type: SharedType): readonly (readonly [string, Piece])[] {
  const entries: (readonly [string, Piece])[] = []
  // oxlint-disable-next-line no-underscore-dangle -- likewise
  for (const [key, item] of type._map) {
    if (item.deleted) continue
    const last = piecesOfContent(item.content, noMarks).at(-1)
    if (last !== undefined) entries.push([key, last])
  }
  return entries.toSorted(([a], [b]) => (a < b ? -1 : 1))
}

/** What a subdocument is, as far as the document that holds it tells. */
function subdocument(doc: Y.Doc): { readonly guid: string; readonly meta: unknown } {
  return { guid: doc.guid, meta: doc.meta }
}

function piecesOfContent(content: Y.Item['content'], marks: Marks): readonly Piece[] {
  if (content instanceof Y.ContentType) {
    return [{ kind: 'type', type: content.type, marks }]
  }
  const kind = content instanceof Y.ContentEmbed ? 'embed' : 'value'
  return content.getContent().map((value: unknown) => ({ kind, value, key: keyOf(value), marks }))
}

function keyOf(value: unknown): string {
  if (!(value instanceof Y.Doc)) return keyOfValue(value)
  const { guid, meta } = subdocument(value)
  return `doc ${keyOfValue(guid)} ${keyOfValue(meta)}`
}

/** The marks with one more, or without it where its value is null; the former stay as they are. */
export function withMark(marks: Marks, name: string, value: unknown): Marks {
  if (value !== null) {
    const same = Object.hasOwn(marks, name) && keyOfValue(marks[name]) === keyOfValue(value)
    return same ? marks : { ...marks, [name]: value }
  }
  if (!Object.hasOwn(marks, name)) return marks
  const { [name]: _, ...rest } = marks
  return rest
}

/** Marks as text, the same in whatever order they were set. */
export function keyOfMarks(marks: Marks): string {
  const names = Object.keys(marks)
  if (names.length === 0) return ''
  return names
    .toSorted()
    .map((name) => `${JSON.stringify(name)}:${keyOfValue(marks[name])}`)
    .join()
}

/** Whether the same marks hold. */
export function sameMarks(left: Marks, right: Marks): boolean {
  return left === right || keyOfMarks(left) === keyOfMarks(right)
}
