import * as Y from 'yjs'
import { type Chosen, chooseRoot } from './choose-root.ts'
import type { KnownRoots } from './content-options.ts'
import { type ReadWish, TooDeepError } from './content-wish.ts'
import { entriesOf, type Piece, piecesOf, type SharedType } from '../fold/pieces.ts'
import { type Markup, neededMarkup } from '../markup/needed.ts'
import type { MarkupOptions } from '../markup/markup-options.ts'
import type { Mark, Node } from '../markup/node.ts'
import { rootsOf } from '../roots.ts'

/** What content is read with. */
export interface Reading {
  readonly formats: Markup | undefined
  /** So many levels of it are gone into. */
  readonly depth: number
  /** Those that are meant where none is named. */
  readonly roots: KnownRoots
  /** What the application says of its schema. */
  readonly markup: MarkupOptions
}

/** A document's content in one of the forms, as text. @throws UnfitError, TooDeepError */
export function readContent(doc: Y.Doc, wish: ReadWish, reading: Reading): string {
  if (wish.format === 'json') return JSON.stringify(jsonOf(doc, wish, reading))
  const { depth, formats, roots } = reading
  const chosen = chooseRoot(doc, wish, roots)
  const root = rootIn(doc, chosen)
  switch (wish.format) {
    case 'text':
      return textOf(root, depth)
    case 'delta':
      return JSON.stringify(deltaOf(root, depth))
    case 'prosemirror':
      return JSON.stringify({ type: 'doc', content: nodesOf(root, depth) })
    case 'markdown':
    case 'html':
      return neededMarkup(formats).writeMarkup(wish.format, nodesOf(root, depth), reading)
  }
}

/** The type of a root, whatever it is; what it holds is read from its items. */
function rootIn(doc: Y.Doc, { name }: Pick<Chosen, 'name'>): SharedType {
  return doc.share.get(name) ?? doc.get(name)
}

function jsonOf(
  doc: Y.Doc,
  wish: ReadWish,
  { depth, roots }: Reading,
): Readonly<Record<string, unknown>> {
  const { root, rootKind: kind } = wish
  const named = root === undefined ? undefined : [chooseRoot(doc, wish, roots)]
  const chosen =
    named ?? rootsOf(doc, roots).filter((one) => kind === undefined || one.kind === kind)
  return Object.fromEntries(
    chosen.map(({ name, kind: found }) => [name, rootJson(rootIn(doc, { name }), found, depth)]),
  )
}

/** A root as JSON: text as a string, marks lost; null where all of it is deleted. */
export function rootJson(
  root: SharedType,
  kind: Chosen['kind'] | 'unknown',
  depth: number,
): unknown {
  switch (kind) {
    case 'text':
      return plainOf(root)
    case 'xml':
      return childrenJson(root, depth)
    case 'array':
      return piecesOf(root).map((piece) => pieceJson(piece, depth))
    case 'map':
      return entriesJson(root, depth)
    case 'unknown':
      return null
  }
}

function childrenJson(type: SharedType, depth: number): readonly unknown[] {
  return piecesOf(type).map((piece) => pieceJson(piece, depth))
}

/** A type within another one as JSON. @throws TooDeepError */
export function typeJson(type: SharedType, depth: number): unknown {
  if (depth < 0) throw new TooDeepError()
  if (type instanceof Y.XmlElement || type instanceof Y.XmlHook) {
    return {
      type: type instanceof Y.XmlElement ? type.nodeName : type.hookName,
      attributes: entriesJson(type, depth - 1),
      children: childrenJson(type, depth - 1).filter((child) => child !== ''),
    }
  }
  if (type instanceof Y.XmlFragment) return childrenJson(type, depth - 1)
  if (type instanceof Y.Text) return plainOf(type)
  if (type instanceof Y.Array) return piecesOf(type).map((piece) => pieceJson(piece, depth - 1))
  return entriesJson(type, depth - 1)
}

function pieceJson(piece: Piece, depth: number): unknown {
  switch (piece.kind) {
    case 'text':
      return piece.text
    case 'type':
      return typeJson(piece.type, depth)
    case 'value':
    case 'embed':
      return valueJson(piece.value)
  }
}

function entriesJson(type: SharedType, depth: number): Readonly<Record<string, unknown>> {
  return Object.fromEntries(entriesOf(type).map(([key, piece]) => [key, pieceJson(piece, depth)]))
}

/** JSON has no bytes, no big numbers and no documents: these are told as well as it can. */
export function valueJson(value: unknown): unknown {
  switch (typeof value) {
    case 'bigint':
      return value.toString()
    case 'number':
      // What is none, and the zero below zero, JSON tells otherwise.
      return Number.isFinite(value) ? value + 0 : null
    case 'object': {
      if (value === null) return null
      if (value instanceof Uint8Array) return { base64: value.toBase64() }
      if (value instanceof Y.Doc) return { subdocument: value.guid }
      if (Array.isArray(value)) return value.map(valueJson)
      return entriesTold(value)
    }
    default:
      return value ?? null
  }
}

function entriesTold(entries: object): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(entries).map(([key, one]) => [key, valueJson(one)]))
}

/** The characters of a text; what is embedded is left out. */
export function plainOf(type: SharedType): string {
  return piecesOf(type)
    .map((piece) => (piece.kind === 'text' ? piece.text : ''))
    .join('')
}

/** A root as plain text: blocks by line breaks. */
function textOf(root: SharedType, depth: number): string {
  if (piecesOf(root).some(({ kind }) => kind === 'text')) return plainOf(root)
  return linesBelow(root, depth).join('\n')
}

/** The lines of a block: there is one even where it holds nothing. @throws TooDeepError */
export function linesOf(block: SharedType, depth: number): readonly string[] {
  const lines = linesBelow(block, depth)
  return lines.length === 0 ? [''] : lines
}

/** Each block of text within is a line of its own; elements between text are part of its line. */
function linesBelow(type: SharedType, depth: number): readonly string[] {
  if (depth < 0) throw new TooDeepError()
  const lines: string[] = []
  let line: string | undefined
  const end = (): void => {
    if (line !== undefined) lines.push(line)
    line = undefined
  }
  for (const piece of piecesOf(type)) {
    if (piece.kind !== 'type') continue
    if (piece.type instanceof Y.Text) line = (line ?? '') + plainOf(piece.type)
    else if (isBreak(piece.type)) line = `${line ?? ''}\n`
    else {
      end()
      lines.push(...linesOf(piece.type, depth - 1))
    }
  }
  end()
  return lines
}

function isBreak(type: SharedType): boolean {
  return type instanceof Y.XmlElement && /^hard_?break$/i.test(type.nodeName)
}

/** A text root as Quill's delta. */
function deltaOf(root: SharedType, depth: number): readonly unknown[] {
  return piecesOf(root).map((piece) => {
    const insert = piece.kind === 'text' ? piece.text : embedJson(piece, depth)
    const attributes = entriesTold(piece.marks)
    return Object.keys(attributes).length === 0 ? { insert } : { insert, attributes }
  })
}

function embedJson(piece: Piece, depth: number): unknown {
  return piece.kind === 'type' ? { type: typeJson(piece.type, depth) } : pieceJson(piece, depth)
}

/** The nodes of ProseMirror below a type; nodes and marks of any schema are kept as they are. */
export function nodesOf(type: SharedType, depth: number): readonly Node[] {
  if (depth < 0) throw new TooDeepError()
  return piecesOf(type).flatMap((piece): readonly Node[] => {
    if (piece.kind !== 'type') return []
    if (piece.type instanceof Y.Text) return textNodes(piece.type)
    return [nodeOf(piece.type, depth)]
  })
}

function nodeOf(type: SharedType, depth: number): Node {
  const name = type instanceof Y.XmlElement ? type.nodeName : 'unknown'
  const attrs = entriesJson(type, depth - 1)
  const content = nodesOf(type, depth - 1)
  return {
    type: name,
    ...(Object.keys(attrs).length === 0 ? {} : { attrs }),
    ...(content.length === 0 ? {} : { content }),
  }
}

function textNodes(text: SharedType): readonly Node[] {
  return piecesOf(text).flatMap((piece): readonly Node[] => {
    if (piece.kind !== 'text') return []
    const marks = Object.entries(piece.marks).map(([name, value]) => markNode(name, value))
    return [{ type: 'text', text: piece.text, ...(marks.length === 0 ? {} : { marks }) }]
  })
}

/** Marks that may overlap with their own kind carry a hash behind their name. */
const overlapping = /^(.+)--[A-Za-z0-9+/=]{8}$/

function markNode(name: string, value: unknown): Mark {
  const type = overlapping.exec(name)?.[1] ?? name
  const isEmpty = typeof value !== 'object' || value === null || Object.keys(value).length === 0
  return isEmpty ? { type } : { type, attrs: entriesTold(value) }
}
