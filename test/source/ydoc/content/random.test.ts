import { expect, test } from 'bun:test'
import * as Y from 'yjs'
import { edit } from '../../../../src/ydoc/content/edit.ts'
import { type Reading, readContent } from '../../../../src/ydoc/content/read.ts'
import { readMarkup, writeMarkup } from '../../../../src/ydoc/markup/markup.ts'
import { canonicalOf } from '../../../../src/ydoc/fold/canonical.ts'
import { documentOf } from '../../../../src/ydoc/history/restore.ts'
import { Dice, makeHistory, settle } from '../../update/histories.ts'

const reading: Reading = {
  depth: 100,
  roots: new Map(),
  markup: {},
  formats: { readMarkup, writeMarkup },
}
const json = { format: 'json', root: undefined, rootKind: undefined } as const

/** A document of all types and values, which three clients wrote, as one update. */
function randomDocument(seed: number): Uint8Array {
  const history = makeHistory(new Dice(seed), 40)
  settle(history)
  return Y.encodeStateAsUpdate(documentOf(history.updates))
}

function read(state: Uint8Array): Record<string, unknown> {
  return JSON.parse(readContent(documentOf([state]), json, reading))
}

/** The state after its content was replaced. */
function put(state: Uint8Array, content: unknown): Uint8Array {
  const update = edit(documentOf([state]), { kind: 'replace', content, ...json }, reading)
  return update === undefined ? state : Y.mergeUpdates([state, update])
}

const seeds = Array.from({ length: 25 }, (_, index) => index * 77 + 3)

test('CONTENT-3: a random document that is put as JSON tells it does not change', () => {
  for (const seed of seeds) {
    const state = randomDocument(seed)
    expect({ seed, isSame: put(state, read(state)) === state }).toEqual({ seed, isSame: true })
  }
}, 60_000)

test('CONTENT-3: what JSON has no word for stays where something beside it is changed', () => {
  for (const seed of seeds) {
    const state = randomDocument(seed)
    const after = put(state, { ...read(state), more: { key: 'value' } })
    const document = documentOf([after])
    expect(document.getMap('more').get('key')).toBe('value')
    document.getMap('more').delete('key')
    expect({ seed, content: canonicalOf(document) }).toEqual({
      seed,
      content: canonicalOf(documentOf([state])),
    })
  }
}, 60_000)

test('CONTENT-4: bytes and big numbers stay in a list and a map that are changed', () => {
  const document = new Y.Doc()
  const odd = [10n, new Uint8Array([1, 2]), { deep: [7n] }, -0]
  document.getArray('array').insert(0, [{ deep: [7n] }, new Uint8Array([1]), 'last'])
  for (const [key, value] of odd.entries()) document.getMap('map').set(`${key}`, value)
  const state = Y.encodeStateAsUpdate(document)
  const told = read(state)
  expect(told['map']).toEqual({ 0: '10', 1: { base64: 'AQI=' }, 2: { deep: ['7'] }, 3: 0 })
  const map = { ...(told['map'] as object), more: 1 }
  const after = documentOf([put(state, { map, array: [{ deep: ['7'] }, { base64: 'AQ==' }, 'x'] })])
  expect(after.getMap('map').toJSON()).toEqual({ 0: 10n, 1: odd[1], 2: odd[2], 3: -0, more: 1 })
  expect(after.getArray('array').toJSON()).toEqual([{ deep: [7n] }, new Uint8Array([1]), 'x'])
})

const xml = { format: 'prosemirror', root: 'x', rootKind: 'xml' } as const

test('CONTENT-1: attributes of marks and nodes that JSON has no word for are told', () => {
  const document = new Y.Doc()
  const node = new Y.XmlElement('custom')
  node.setAttribute('big', 1n as never)
  const text = new Y.XmlText()
  text.applyDelta([{ insert: 'a', attributes: { mark: { big: 1n, bytes: new Uint8Array([1]) } } }])
  node.insert(0, [text])
  document.getXmlFragment('x').insert(0, [node])
  expect(JSON.parse(readContent(document, xml, reading))).toEqual({
    type: 'doc',
    content: [
      {
        type: 'custom',
        attrs: { big: '1' },
        content: [
          {
            type: 'text',
            text: 'a',
            marks: [{ type: 'mark', attrs: { big: '1', bytes: { base64: 'AQ==' } } }],
          },
        ],
      },
    ],
  })
})
