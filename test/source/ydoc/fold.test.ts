import { expect, test } from 'bun:test'
import * as Y from 'yjs'
import { fold } from '../../../src/ydoc/fold.ts'

/** A document edited in `count` small updates by two clients, with deletes. */
function history(count: number): { document: Y.Doc; updates: Uint8Array[] } {
  const document = new Y.Doc()
  const updates: Uint8Array[] = []
  document.on('update', (update: Uint8Array) => updates.push(update))
  const text = document.getText('t')
  for (let index = 0; index < count; index++) {
    text.insert(index % 7 === 0 ? 0 : text.length, `${index},`)
    if (index % 5 === 0) text.delete(0, 1)
    if (index % 11 === 0) document.getMap('m').set('k', { index })
  }
  return { document, updates }
}

function load(update: Uint8Array): Y.Doc {
  const document = new Y.Doc()
  Y.applyUpdate(document, update)
  return document
}

test('COMPACT-1: what is folded holds exactly what went in', () => {
  const { document, updates } = history(500)
  const folded = fold(updates)
  if (folded.kind !== 'folded') throw new Error(folded.reason)
  const loaded = load(folded.snapshot)
  expect(loaded.getText('t').toString()).toBe(document.getText('t').toString())
  expect(loaded.getMap('m').toJSON()).toEqual(document.getMap('m').toJSON())
  expect(Y.encodeStateVector(loaded)).toEqual(Y.encodeStateVector(document))
})

test('COMPACT-1: folding in two steps, in any order, gives the same content', () => {
  const { document, updates } = history(300)
  const first = fold(updates.slice(0, 100))
  if (first.kind !== 'folded') throw new Error(first.reason)
  const second = fold([first.snapshot, ...updates.slice(100).toReversed()])
  if (second.kind !== 'folded') throw new Error(second.reason)
  const text = load(second.snapshot).getText('t').toString()
  expect(text).toBe(document.getText('t').toString())
})

test('COMPACT-1: what waits for its past is kept in the snapshot', () => {
  const { document, updates } = history(50)
  const [first, ...later] = updates
  const folded = fold(later)
  if (folded.kind !== 'folded' || first === undefined) throw new Error('not folded')
  const whole = load(folded.snapshot)
  expect(whole.getText('t').toString()).toBe('')
  Y.applyUpdate(whole, first)
  expect(whole.getText('t').toString()).toBe(document.getText('t').toString())
})

test('COMPACT-2: bytes that Yjs cannot load are not folded', () => {
  const { updates } = history(10)
  const last = updates.pop() ?? new Uint8Array()
  const folded = fold([...updates, last.subarray(0, last.length - 4)])
  expect(folded.kind).toBe('unsound')
})
