import * as Y from 'yjs'
import { Keys, shellOf } from '../fold/canonical.ts'
import {
  entriesOf,
  type Marks,
  type Piece,
  piecesOf,
  sameMarks,
  type SharedType,
} from '../fold/pieces.ts'
import { stepsBetween, type Token } from './sequence-difference.ts'
import { keyOfValue } from '../values.ts'

/**
 * Gives every root of a document the content that it has in another one, by the least change: what
 * is equal keeps its identity, and so do carets in it. The types of both documents' roots are
 * settled by it, so both have to be throwaway copies.
 * @throws Error where the content is such as only another library writes
 */
export function makeEqual(live: Y.Doc, target: Y.Doc): void {
  const names = new Set([...live.share.keys(), ...target.share.keys()])
  live.transact(() => {
    for (const name of names) {
      const make = rootMaker([live, target].map((doc) => doc.get(name)))
      new Difference().apply(make(live, name), make(target, name))
    }
  })
}

/** A kind that takes all that roots of a name hold; in the bytes no root says what it is. */
function rootMaker(roots: readonly SharedType[]): (doc: Y.Doc, name: string) => SharedType {
  if (roots.some(holdsText)) return (doc, name) => doc.get(name, Y.XmlText)
  const hasKeys = roots.some((root) => entriesOf(root).length > 0)
  const hasPlaces = roots.some((root) => piecesOf(root).length > 0)
  if (hasKeys && hasPlaces) return (doc, name) => doc.get(name, Y.XmlElement)
  return (doc, name) => (hasKeys ? doc.getMap(name) : doc.getArray(name))
}

function holdsText(root: SharedType): boolean {
  return piecesOf(root).some(({ kind }) => kind === 'text' || kind === 'embed')
}

class Difference {
  /** Of the wanted types, and of the live ones before they are changed. */
  readonly #keys = new Keys()

  apply(live: SharedType, target: SharedType): void {
    if (this.#keys.ofContent(live) === this.#keys.ofContent(target)) return
    this.#applyEntries(live, target)
    if (live instanceof Y.Map) return
    this.#applySequence(live, target)
    if (live instanceof Y.Text) formatLike(live, target)
  }

  #applyEntries(live: SharedType, target: SharedType): void {
    const wanted = new Map(entriesOf(target))
    const had = new Map(entriesOf(live))
    for (const key of had.keys()) if (!wanted.has(key)) removeKey(live, key)
    for (const [key, piece] of wanted) {
      const former = had.get(key)
      if (former !== undefined && this.#keys.ofPiece(former) === this.#keys.ofPiece(piece)) continue
      if (former?.kind === 'type' && piece.kind === 'type' && sameShell(former.type, piece.type)) {
        this.apply(former.type, piece.type)
      } else {
        const value = freshOf(piece)
        setKey(live, key, value)
        this.#fill(value, piece)
      }
    }
  }

  #applySequence(live: SharedType, target: SharedType): void {
    const entered: (readonly [SharedType, SharedType])[] = []
    let at = 0
    for (const step of stepsBetween(piecesOf(live), piecesOf(target), this.#keys)) {
      switch (step.kind) {
        case 'keep':
          at += step.length
          break
        case 'remove':
          removeAt(live, at, step.length)
          break
        case 'enter':
          entered.push([step.type, step.target])
          at++
          break
        case 'insert':
          at = this.#insert(live, at, step.tokens)
          break
      }
    }
    for (const [type, wanted] of entered) this.apply(type, wanted)
  }

  /** @returns the place behind what was inserted */
  #insert(live: SharedType, from: number, tokens: readonly Token[]): number {
    if (live instanceof Y.Text) return this.#insertText(live, from, tokens)
    const values = tokens.map(({ piece }) => freshOf(piece))
    if (live instanceof Y.Array) live.insert(from, values)
    else if (live instanceof Y.XmlFragment) live.insert(from, values.map(xmlNode))
    for (const [place, { piece }] of tokens.entries()) this.#fill(values[place], piece)
    return from + tokens.length
  }

  #insertText(live: Y.Text, from: number, tokens: readonly Token[]): number {
    let at = from
    for (const [text, { piece }] of runsOf(tokens)) {
      const { marks } = piece
      if (piece.kind === 'text') live.insert(at, text, { ...marks })
      else {
        const value = freshOf(piece)
        live.insertEmbed(at, embeddable(value), { ...marks })
        this.#fill(value, piece)
      }
      at += piece.kind === 'text' ? text.length : 1
    }
    return at
  }

  /** What stands in a type that was just put there, empty. */
  #fill(fresh: unknown, piece: Piece): void {
    if (piece.kind === 'type' && fresh instanceof Y.AbstractType) this.apply(fresh, piece.type)
  }
}

/** Text of the same marks goes in at once. */
function runsOf(tokens: readonly Token[]): readonly (readonly [string, Token])[] {
  const runs: (readonly [string, Token])[] = []
  for (const token of tokens) {
    const last = runs.at(-1)
    if (token.piece.kind === 'text' && last?.[1].piece.kind === 'text') {
      if (last[1].piece === token.piece || sameMarks(last[1].piece.marks, token.piece.marks)) {
        runs[runs.length - 1] = [last[0] + token.text, last[1]]
        continue
      }
    }
    runs.push([token.text, token])
  }
  return runs
}

/** Where the text is equal already: gives it the same marks. */
function formatLike(live: Y.Text, target: SharedType): void {
  const wanted = piecesOf(target)
  const changes: { at: number; length: number; marks: Record<string, unknown> }[] = []
  let place = 0
  let within = 0
  let at = 0
  for (const piece of piecesOf(live)) {
    let left = lengthOf(piece)
    while (left > 0) {
      const other = wanted[place]
      if (other === undefined) return
      const length = Math.min(left, lengthOf(other) - within)
      const marks = changedMarks(piece.marks, other.marks)
      if (marks !== undefined) changes.push({ at, length, marks })
      at += length
      left -= length
      within += length
      if (within === lengthOf(other)) [place, within] = [place + 1, 0]
    }
  }
  for (const change of changes) live.format(change.at, change.length, change.marks)
}

function changedMarks(from: Marks, to: Marks): Record<string, unknown> | undefined {
  if (sameMarks(from, to)) return undefined
  const gone = Object.keys(from).filter((name) => !Object.hasOwn(to, name))
  const set = Object.entries(to).filter(
    ([name, value]) => !Object.hasOwn(from, name) || keyOfValue(from[name]) !== keyOfValue(value),
  )
  return { ...Object.fromEntries(gone.map((name) => [name, null])), ...Object.fromEntries(set) }
}

function lengthOf(piece: Piece): number {
  return piece.kind === 'text' ? piece.text.length : 1
}

/** The value, or an empty type like the piece's, to be filled where it stands. */
function freshOf(piece: Piece): unknown {
  if (piece.kind === 'text') return piece.text
  if (piece.kind === 'type') return emptyLike(piece.type)
  const { value } = piece
  if (!(value instanceof Y.Doc)) return value
  const meta: unknown = value.meta
  return new Y.Doc({ guid: value.guid, meta, autoLoad: value.autoLoad })
}

function xmlNode(value: unknown): Y.XmlElement | Y.XmlText {
  if (value instanceof Y.XmlElement || value instanceof Y.XmlText) return value
  throw new TypeError('A fragment takes elements and texts only.')
}

function embeddable(value: unknown): object {
  if (typeof value === 'object' && value !== null) return value
  throw new TypeError('A text takes embedded objects only.')
}

function emptyLike(type: SharedType): SharedType {
  if (type instanceof Y.XmlElement) return new Y.XmlElement(type.nodeName)
  if (type instanceof Y.XmlHook) return new Y.XmlHook(type.hookName)
  if (type instanceof Y.XmlFragment) return new Y.XmlFragment()
  if (type instanceof Y.XmlText) return new Y.XmlText()
  if (type instanceof Y.Text) return new Y.Text()
  if (type instanceof Y.Array) return new Y.Array()
  return new Y.Map()
}

function sameShell(one: SharedType, other: SharedType): boolean {
  return shellOf(one) === shellOf(other)
}

/** Sets what a type holds by key. */
export function setKey(type: SharedType, key: string, value: unknown): void {
  if (type instanceof Y.Map) type.set(key, value)
  else if (type instanceof Y.Text) type.setAttribute(key, value)
  else if (type instanceof Y.XmlElement) type.setAttribute(key, value)
  else throw new TypeError(`Nothing can be set by key in a ${shellOf(type)}.`)
}

/** Removes what a type holds by key. */
export function removeKey(type: SharedType, key: string): void {
  if (type instanceof Y.Map) type.delete(key)
  else if (type instanceof Y.Text || type instanceof Y.XmlElement) type.removeAttribute(key)
  else throw new TypeError(`Nothing can be removed by key from a ${shellOf(type)}.`)
}

function removeAt(type: SharedType, at: number, length: number): void {
  if (type instanceof Y.Array || type instanceof Y.Text || type instanceof Y.XmlFragment) {
    type.delete(at, length)
  } else throw new TypeError(`Nothing can be removed by place from a ${shellOf(type)}.`)
}
