import { expect, test } from 'bun:test'
import * as Y from 'yjs'
import { defaultLimits } from '../../../../src/base/limits/limits.ts'
import { ServerDocument } from '../../../../src/document/document.ts'
import { craftHollow } from '../../../support/harness/crafted.ts'
import { inspected } from '../../../support/harness/inspected.ts'
import { Dice, makeHistory } from '../histories.ts'

/** What a server that holds a document would leave out. */
function leftOut(document: ServerDocument, update: Uint8Array): Uint8Array | undefined {
  return document.additions.withoutUndeleted(inspected(document, update))
}

function serverWith(updates: readonly Uint8Array[]): ServerDocument {
  const document = new ServerDocument(defaultLimits)
  for (const update of updates) {
    document.absorb(inspected(document, update))
  }
  return document
}

test('UPDATE-16: clocks without content are left out where nothing deletes them', () => {
  const text = new Y.Doc()
  text.clientID = 7
  text.getText('t').insert(0, 'hello')
  const document = serverWith([Y.encodeStateAsUpdate(text)])
  expect(leftOut(document, craftHollow(7, 5, 1_000))).toEqual(Uint8Array.of(0, 0))
  expect(leftOut(document, craftHollow(7, 2, 1_000))).toEqual(Uint8Array.of(0, 0))
  // What is held already takes nobody's clocks, and what is deleted is nobody's any more.
  expect(leftOut(document, craftHollow(7, 2, 3))).toBeUndefined()
  expect(leftOut(document, craftHollow(7, 5, 1_000, true))).toBeUndefined()
})

test('UPDATE-16: deletes that the document and the update have together count', () => {
  const document = serverWith([])
  const deletes = (clock: number, length: number): Uint8Array =>
    Uint8Array.of(0, 1, 7, 1, clock, length)
  document.absorb(inspected(document, deletes(0, 3)))
  const both = Uint8Array.of(...craftHollow(7, 0, 8).subarray(0, -1), 1, 7, 1, 3, 5)
  expect(leftOut(document, both)).toBeUndefined()
  const short = Uint8Array.of(...craftHollow(7, 0, 8).subarray(0, -1), 1, 7, 1, 3, 4)
  expect(leftOut(document, short)).toEqual(Uint8Array.of(0, 1, 7, 1, 3, 4))
})

test('UPDATE-16: what stands before and behind them stays, with a gap', () => {
  const doc = new Y.Doc()
  doc.clientID = 7
  doc.getText('t').insert(0, 'ab')
  doc.getArray('a').insert(0, [1])
  const update = Y.encodeStateAsUpdate(doc)
  // The first letters are made a GC struct of the same clocks.
  const { structs } = Y.decodeUpdate(update)
  const [first, second] = structs
  expect([first?.length, second?.length]).toEqual([2, 1])
  const at = update.indexOf('a'.charCodeAt(0)) + 2
  const crafted = Uint8Array.of(1, 2, 7, 0, 0, 2, ...update.subarray(at))
  const document = serverWith([])
  const left = leftOut(document, crafted)
  if (left === undefined) throw new Error('nothing was left out')
  const kept = Y.decodeUpdate(left).structs.map(({ id, length }) => [id.client, id.clock, length])
  expect(kept).toEqual([[7, 2, 1]])
})

test('UPDATE-16: nothing of what Yjs clients write, send and merge is left out', () => {
  for (let seed = 1; seed <= 40; seed++) {
    const dice = new Dice(seed)
    const { docs, updates } = makeHistory(dice, 40)
    const document = new ServerDocument(defaultLimits)
    const sends = updates.flatMap((update, index) => {
      // Some come late, in a merge, or only with what a client brings when it is back.
      if (dice.roll(3) === 0) return []
      return dice.roll(4) === 0 ? [Y.mergeUpdates(updates.slice(0, index + 1))] : [update]
    })
    const brought = docs.flatMap((doc) => [
      Y.encodeStateAsUpdate(doc),
      Y.encodeStateAsUpdate(doc, Y.encodeStateVector(docs[dice.roll(docs.length)] ?? doc)),
    ])
    for (const update of [...sends, ...brought]) {
      expect([seed, leftOut(document, update)]).toEqual([seed, undefined])
      document.absorb(inspected(document, update))
    }
  }
}, 60_000)
