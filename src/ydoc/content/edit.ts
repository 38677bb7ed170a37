import * as Y from 'yjs'
import { assignRoot } from './assign-json.ts'
import { assignText, editText, textBlocks } from './assign-text.ts'
import { chooseRoot, chooseText, type Chosen } from './choose-root.ts'
import {
  type Change,
  type ContentChange,
  type RootKind,
  rootKinds,
  type TextEdit,
  UnfitError,
} from './content-wish.ts'
import { makeEqual } from './difference.ts'
import type { CommentsChange } from '../comments/comment-wish.ts'
import { piecesOf, type SharedType } from '../fold/pieces.ts'
import { neededMarkup } from '../markup/needed.ts'
import type { Node } from '../markup/node.ts'
import { nodesOf, plainOf, type Reading } from './read.ts'
import { substituted } from './substitute.ts'
import { fillDelta, readDelta } from './write-delta.ts'
import { blocksOf, elementsOf, namesOfMarks } from './write-prosemirror.ts'

/**
 * Makes a change in a throwaway document.
 * @returns the update that makes it; undefined when there is nothing to change
 * @throws UnfitError when the content is not what it is said to be, TooDeepError
 */
export function edit(
  doc: Y.Doc,
  change: Exclude<Change, CommentsChange>,
  reading: Reading,
): Uint8Array | undefined {
  return updateBy(doc, () => make(doc, change, reading))
}

/** What a change in a throwaway document is as an update; undefined where nothing changes. */
export function updateBy(doc: Y.Doc, change: () => void): Uint8Array | undefined {
  const updates: Uint8Array[] = []
  const note = (update: Uint8Array): void => void updates.push(update)
  doc.on('update', note)
  doc.transact(change)
  doc.off('update', note)
  return updates.length < 2 ? updates[0] : Y.mergeUpdates(updates)
}

function make(doc: Y.Doc, change: Exclude<Change, CommentsChange>, reading: Reading): void {
  switch (change.kind) {
    case 'edits':
      return editRoot(doc.get(chooseText(doc, change, reading.roots).name, Y.Text), change.edits)
    case 'append':
    case 'prepend':
      return add(doc, change, reading)
    case 'replace':
      return replace(doc, change, reading)
    case 'substitute':
      return replace(doc, substituted(doc, change, reading), reading)
  }
}

function replace(doc: Y.Doc, change: ContentChange, reading: Reading): void {
  const { content, format } = change
  switch (format) {
    case 'json':
      return replaceJson(doc, change, reading)
    case 'text': {
      const chosen = chooseRoot(doc, change, reading.roots, 'text')
      const text = textIn(content)
      if (chosen.kind === 'xml') {
        return assignText(doc.get(chosen.name, Y.XmlFragment), text, reading.depth)
      }
      return editText(doc.get(chosen.name, Y.Text), text)
    }
    case 'delta': {
      const delta = readDelta(content)
      const { name } = chooseRoot(doc, change, reading.roots, 'text')
      return becomes(doc, { name, kind: 'text' }, (target) => {
        const text = target.get(name, Y.XmlText)
        text.delete(0, text.length)
        fillDelta(text, delta)
      })
    }
    case 'prosemirror':
    case 'markdown':
    case 'html': {
      const chosen = chooseRoot(doc, change, reading.roots, 'xml')
      const root = doc.get(chosen.name)
      const names = namesOfMarks(root)
      const blocks = blocksIn(root, change, reading)
      return becomes(doc, chosen, (target) => {
        // As `makeEqual` takes roots with places only; in the bytes it is no other thing.
        const list = target.getArray(chosen.name)
        list.delete(0, list.length)
        list.insert(0, [...elementsOf(blocks, names)])
      })
    }
  }
}

/** The nodes that content says. @throws UnfitError */
function blocksIn(
  root: SharedType,
  { content, format, kind }: ContentChange,
  reading: Reading,
): readonly Node[] {
  const { depth, formats } = reading
  if (format !== 'markdown' && format !== 'html') return blocksOf(content, depth)
  const present = nodesOf(root, depth)
  const replaces = kind === 'replace'
  const taking = { ...reading, replaces }
  return neededMarkup(formats).readMarkup(format, textIn(content), present, taking)
}

/** Gives a root the content that it has in a copy, once that has been made. */
function becomes(doc: Y.Doc, { kind, name }: Chosen, fill: (target: Y.Doc) => void): void {
  const target = new Y.Doc()
  Y.applyUpdate(target, Y.encodeStateAsUpdate(doc))
  target.transact(() => fill(target))
  const isEmpty = [doc, target].every((one) => piecesOf(one.get(name)).length === 0)
  // A text without anything in it looks like no text: there is nothing to do then.
  if (isEmpty && kind === 'text') return
  makeEqual(doc, target)
}

function replaceJson(doc: Y.Doc, change: ContentChange, { depth, roots }: Reading): void {
  const { content, root } = change
  if (typeof content !== 'object' || content === null || Array.isArray(content)) {
    throw new UnfitError('bad-content', 'The JSON has to be an object of roots: {"root": value}.')
  }
  const wanted = new Map<string, unknown>(Object.entries(content))
  if (root !== undefined) {
    if (wanted.size !== 1 || !wanted.has(root)) {
      throw new UnfitError('bad-content', `With root=${root} the JSON may hold that root only.`)
    }
  } else {
    for (const name of doc.share.keys()) if (!wanted.has(name)) wanted.set(name, undefined)
  }
  for (const [name, value] of wanted) {
    const fresh = kindOfValue(value)
    const chosen = chooseRoot(doc, { ...change, root: name, format: 'json' }, roots, fresh)
    assignRoot(doc, chosen, value, depth)
  }
}

function kindOfValue(value: unknown): RootKind {
  const [text, xml, array, map] = rootKinds
  if (typeof value === 'string') return text
  if (!Array.isArray(value)) return map
  const isXml =
    value.length > 0 &&
    value.every((item) => typeof item === 'object' && item !== null && 'children' in item)
  return isXml ? xml : array
}

function add(doc: Y.Doc, change: ContentChange, reading: Reading): void {
  const { content, format, kind } = change
  const isLast = kind === 'append'
  switch (format) {
    case 'text': {
      const chosen = chooseRoot(doc, change, reading.roots, 'text')
      const text = textIn(content)
      if (chosen.kind === 'text') {
        const root = doc.get(chosen.name, Y.Text)
        return root.insert(isLast ? root.length : 0, text)
      }
      const root = doc.get(chosen.name, Y.XmlFragment)
      return root.insert(isLast ? root.length : 0, [...textBlocks(text.split('\n'))])
    }
    case 'prosemirror':
    case 'markdown':
    case 'html': {
      const root = doc.get(chooseRoot(doc, change, reading.roots, 'xml').name, Y.XmlFragment)
      const blocks = blocksIn(root, change, reading)
      return root.insert(isLast ? root.length : 0, [...elementsOf(blocks, namesOfMarks(root))])
    }
    case 'json':
    case 'delta':
      throw new UnfitError(
        'bad-request',
        `"${format}" cannot be appended; text, markdown, html and prosemirror can.`,
      )
  }
}

function textIn(content: unknown): string {
  if (typeof content === 'string') return content
  throw new UnfitError('bad-content', 'The content has to be a string.')
}

/** All places are those of one state, so the edits are made from the last to the first. */
function editRoot(text: Y.Text, edits: readonly TextEdit[]): void {
  const sorted = edits.toSorted((left, right) => left.at - right.at)
  const whole = plainOf(text)
  const isPlain = whole.length === text.length
  let end = 0
  for (const { at, delete: removed = 0 } of sorted) {
    if (at < end) throw new UnfitError('bad-content', `Two edits overlap at ${at}.`)
    end = at + removed
    if (end > text.length) {
      const detail = `An edit ends at ${end}; the text has ${text.length} UTF-16 units.`
      throw new UnfitError('bad-content', detail)
    }
    for (const place of [at, end]) {
      if (isPlain && isWithinPair(whole, place)) {
        throw new UnfitError('bad-content', `Place ${place} is in the middle of a character.`)
      }
    }
  }
  for (const { at, attributes, delete: removed = 0, insert = '' } of sorted.toReversed()) {
    if (removed > 0) text.delete(at, removed)
    if (insert !== '') text.insert(at, insert, attributes && { ...attributes })
  }
}

function isWithinPair(text: string, at: number): boolean {
  const isHigh = /[\ud800-\udbff]/.test(text.charAt(at - 1))
  return isHigh && /[\udc00-\udfff]/.test(text.charAt(at))
}
