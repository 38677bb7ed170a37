import * as Y from 'yjs'
import { isObject } from '../../base/json.ts'
import { editText, hunksOf } from './assign-text.ts'
import type { Chosen } from './choose-root.ts'
import { TooDeepError, UnfitError } from './content-wish.ts'
import { removeKey, setKey } from './difference.ts'
import { entriesOf, piecesOf, type SharedType } from '../fold/pieces.ts'
import { rootJson, typeJson, valueJson } from './read.ts'
import { keyOfValue } from '../values.ts'

/**
 * Gives a root a value as `rootJson` tells it; undefined empties it.
 * @param depth so many levels of either are gone into
 * @throws UnfitError, TooDeepError
 */
export function assignRoot(
  doc: Y.Doc,
  { kind, name }: Chosen,
  value: unknown,
  depth: number,
): void {
  checkDepth(value, depth)
  const root = doc.share.get(name)
  if (root !== undefined && value !== undefined && same(rootJson(root, kind, depth), value)) return
  switch (kind) {
    case 'text':
      return assignString(doc.get(name, Y.Text), value ?? '')
    case 'xml':
      return assignList(doc.get(name, Y.XmlFragment), value ?? [], depth)
    case 'array':
      return assignList(doc.get(name, Y.Array), value ?? [], depth)
    case 'map':
      return assignEntries(doc.get(name, Y.Map), value ?? {}, depth)
  }
}

function assignString(text: Y.Text, value: unknown): void {
  if (typeof value !== 'string') throw new UnfitError('bad-content', 'A text has to be a string.')
  editText(text, value)
}

function assignEntries(type: SharedType, value: unknown, depth: number): void {
  if (!isObject(value)) throw new UnfitError('bad-content', 'A map has to be an object.')
  const had = new Map(entriesOf(type))
  for (const key of had.keys()) if (!Object.hasOwn(value, key)) removeKey(type, key)
  for (const [key, wanted] of Object.entries(value)) {
    const piece = had.get(key)
    const inner = piece?.kind === 'type' ? piece.type : undefined
    const known =
      inner !== undefined
        ? typeJson(inner, depth)
        : piece && 'value' in piece && valueJson(piece.value)
    if (piece !== undefined && same(known, wanted)) continue
    if (inner !== undefined && assignType(inner, wanted, depth - 1)) continue
    setKey(type, key, wanted)
  }
}

type List = Y.Array<unknown> | Y.XmlFragment

/** What is equal stays; of what is not, types that stand in each other's place are entered. */
function assignList(list: List, value: unknown, depth: number): void {
  if (!Array.isArray(value)) throw new UnfitError('bad-content', 'A list has to be an array.')
  const items = itemsOf(list, depth)
  const wanted: readonly unknown[] = value
  let at = 0
  let from = 0
  let to = 0
  const left = items.map(({ json }) => keyOfSorted(json))
  for (const { added, kept, removed } of hunksOf(left, wanted.map(keyOfSorted))) {
    at += kept
    from += kept
    to += kept
    let entered = 0
    while (entered < Math.min(removed, added.length)) {
      const inner = items[from + entered]?.type
      if (inner === undefined || !assignType(inner, wanted[to + entered], depth - 1)) break
      entered++
    }
    at += entered
    if (removed > entered) list.delete(at, removed - entered)
    const fresh = wanted.slice(to + entered, to + added.length)
    if (fresh.length > 0) insert(list, at, fresh)
    at += fresh.length
    from += removed
    to += added.length
  }
}

function insert(list: List, at: number, values: readonly unknown[]): void {
  if (list instanceof Y.Array) list.insert(at, [...values])
  else list.insert(at, values.map(xmlOf))
}

/** Goes into a type that is like the value; false when it is not, and nothing was changed. */
function assignType(type: SharedType, value: unknown, depth: number): boolean {
  if (type instanceof Y.XmlElement) {
    if (!isElement(value) || value.type !== type.nodeName) return false
    assignEntries(type, value.attributes ?? {}, depth)
    assignList(type, value.children ?? [], depth)
    return true
  }
  if (type instanceof Y.Text) {
    if (typeof value !== 'string') return false
    editText(type, value)
    return true
  }
  if (type instanceof Y.Array || type instanceof Y.XmlFragment) {
    if (!Array.isArray(value)) return false
    assignList(type, value, depth)
    return true
  }
  if (!(type instanceof Y.Map) || !isObject(value)) return false
  assignEntries(type, value, depth)
  return true
}

interface ListItem {
  readonly type: SharedType | undefined
  readonly json: unknown
}

function itemsOf(list: List, depth: number): readonly ListItem[] {
  return piecesOf(list).map((piece) => {
    if (piece.kind === 'type') return { type: piece.type, json: typeJson(piece.type, depth) }
    return { type: undefined, json: piece.kind === 'text' ? piece.text : valueJson(piece.value) }
  })
}

interface ElementJson {
  readonly type: string
  readonly attributes?: unknown
  readonly children?: unknown
}

function isElement(value: unknown): value is ElementJson {
  return isObject(value) && typeof value['type'] === 'string'
}

/** A new node of XML. */
function xmlOf(value: unknown): Y.XmlElement | Y.XmlText {
  if (typeof value === 'string') return new Y.XmlText(value)
  if (!isElement(value)) {
    throw new UnfitError(
      'bad-content',
      'A node of XML is a string or {type, attributes, children}.',
    )
  }
  const element = new Y.XmlElement(value.type)
  const { attributes = {}, children = [] } = value
  if (!isObject(attributes) || !Array.isArray(children)) {
    throw new UnfitError(
      'bad-content',
      `The attributes of "${value.type}" have to be an object, its children an array.`,
    )
  }
  for (const [key, attribute] of Object.entries(attributes)) {
    setKey(element, key, attribute)
  }
  element.insert(0, children.map(xmlOf))
  return element
}

/** @throws TooDeepError */
function checkDepth(value: unknown, depth: number): void {
  if (depth < 0) throw new TooDeepError()
  if (typeof value !== 'object' || value === null) return
  // An element of XML is one level, as it is in the document.
  const below = 'children' in value ? depth : depth - 1
  for (const inner of Object.values(value)) checkDepth(inner, below)
}

function same(left: unknown, right: unknown): boolean {
  return keyOfSorted(left) === keyOfSorted(right)
}

/** As text, the same in whatever order the keys are. */
function keyOfSorted(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(keyOfSorted).join()}]`
  if (!isObject(value) || value instanceof Uint8Array) return keyOfValue(value)
  const keys = Object.keys(value).toSorted()
  return `{${keys.map((key) => `${JSON.stringify(key)}:${keyOfSorted(value[key])}`).join()}}`
}
