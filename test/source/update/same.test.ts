import { expect, test } from 'bun:test'
import * as Y from 'yjs'
import { defaultLimits } from '../../../src/base/limits/limits.ts'
import { ServerDocument } from '../../../src/document/document.ts'
import { craftUpdate } from '../../support/harness/crafted.ts'
import { inspected } from '../../support/harness/inspected.ts'
import { Dice, disorder, makeHistory } from './histories.ts'

/** Whether a server that holds updates finds that another one says otherwise of their clocks. */
function contradicts(held: readonly Uint8Array[], update: Uint8Array): boolean | 'unread' {
  const document = new ServerDocument(defaultLimits)
  for (const one of held) {
    document.absorb(inspected(document, one))
  }
  return document.additions.contradicts(inspected(document, update), () => true)
}

test('UPDATE-19: what honest clients bring again says the same, as they write it', () => {
  for (let seed = 1; seed <= 30; seed++) {
    const dice = new Dice(seed)
    const { docs, updates } = makeHistory(dice, 40)
    const document = new ServerDocument(defaultLimits)
    const brought = docs.flatMap((doc) => [
      Y.encodeStateAsUpdate(doc),
      Y.encodeStateAsUpdate(doc, Y.encodeStateVector(docs[dice.roll(docs.length)] ?? doc)),
    ])
    const merged = Y.mergeUpdates([...updates, ...brought])
    const all = [...disorder(updates, dice, false), ...brought, merged, ...updates]
    for (const update of all) {
      const found = inspected(document, update)
      expect([seed, document.additions.contradicts(found, () => true)]).toEqual([seed, false])
      document.absorb(found)
    }
  }
}, 60_000)

/** What a client writes first into a document, and a client of the same id elsewhere. */
function first(write: (doc: Y.Doc) => void): Uint8Array {
  const doc = new Y.Doc()
  doc.clientID = 7
  write(doc)
  return Y.encodeStateAsUpdate(doc)
}

const lies: readonly (readonly [
  what: string,
  one: (doc: Y.Doc) => void,
  other: (doc: Y.Doc) => void,
])[] = [
  ['text', (doc) => doc.getText('t').insert(0, 'hello'), (doc) => doc.getText('t').insert(0, 'he')],
  ['values', (doc) => doc.getArray('a').insert(0, [1]), (doc) => doc.getArray('a').insert(0, [2])],
  ['keys', (doc) => doc.getMap('m').set('a', 1), (doc) => doc.getMap('m').set('b', 1)],
  ['places', (doc) => doc.getArray('a').insert(0, [1]), (doc) => doc.getArray('b').insert(0, [1])],
  [
    'types',
    (doc) => doc.getArray<unknown>('a').insert(0, [new Y.Map()]),
    (doc) => doc.getArray<unknown>('a').insert(0, [new Y.Array()]),
  ],
  [
    'formats',
    (doc) => doc.getText('t').insert(0, 'x', { bold: true }),
    (doc) => doc.getText('t').insert(0, 'x', { italic: true }),
  ],
  [
    'embeds',
    (doc) => doc.getText('t').insertEmbed(0, { image: 'a' }),
    (doc) => doc.getText('t').insertEmbed(0, { image: 'b' }),
  ],
  [
    'bytes',
    (doc) => doc.getArray('a').insert(0, [Uint8Array.of(1)]),
    (doc) => doc.getArray('a').insert(0, [Uint8Array.of(2)]),
  ],
]

for (const [what, one, other] of lies) {
  test(`UPDATE-19: other ${what} at the same clocks are found`, () => {
    expect(contradicts([first(one)], first(one))).toBe(false)
    const isSame = what === 'text'
    // The beginning of a text says nothing else than the text.
    expect(contradicts([first(one)], first(other))).toBe(!isSame)
    const late = (doc: Y.Doc): void => {
      other(doc)
      doc.getText('t').insert(0, 'y')
    }
    expect(contradicts([first(one)], first(late))).toBe(true)
  })
}

test('UPDATE-19: keys in another order and numbers of another kind say the same', () => {
  const doc = (value: unknown) => first((made) => made.getArray('a').insert(0, [value]))
  expect(contradicts([doc({ a: 1, b: [2] })], doc({ b: [2], a: 1 }))).toBe(false)
  expect(contradicts([doc({ a: 5 })], doc({ a: 5n }))).toBe(false)
  expect(contradicts([doc({ a: 1 })], doc({ a: '1' }))).toBe(true)
})

test('UPDATE-19: half of a pair that Yjs has replaced says the same', () => {
  const doc = new Y.Doc()
  doc.clientID = 7
  doc.getText('t').insert(0, 'x😀y')
  const whole = Y.encodeStateAsUpdate(doc)
  const cut = Y.encodeStateAsUpdate(doc, Y.encodeStateVector(doc))
  const half = Y.diffUpdate(whole, Uint8Array.of(1, 7, 2))
  expect(contradicts([whole], half)).toBe(false)
  expect(contradicts([whole], cut)).toBe(false)
})

test('PERF-6: who says again a letter of a long text is charged for what is read of it', () => {
  const document = new ServerDocument(defaultLimits)
  const held = craftUpdate([{ client: 5, text: 'x'.repeat(50_000) }])
  document.take(inspected(document, held))
  const asked: number[] = []
  const says = (clock: number, text: string, may: boolean): boolean | 'unread' => {
    const update = craftUpdate([{ client: 5, clock, origin: [5, clock - 1], text }])
    return document.additions.contradicts(inspected(document, update), (bytes) => {
      asked.push(bytes)
      return may
    })
  }
  expect([says(40_000, 'x', true), says(40_000, 'y', true)]).toEqual([false, true])
  expect(says(40_000, 'y', false)).toBe('unread')
  expect(asked.length).toBe(3)
  expect(Math.min(...asked)).toBeGreaterThan(50_000)
  // Who says as much as is read of it pays with that.
  expect(says(1, 'x'.repeat(10_000), false)).toBe(false)
  expect(asked.length).toBe(3)
})
