import { describe, expect, test } from 'bun:test'
import * as Y from 'yjs'
import { canonicalOf } from '../../../../src/ydoc/fold/canonical.ts'
import { makeEqual } from '../../../../src/ydoc/content/difference.ts'
import { documentOf, restore } from '../../../../src/ydoc/history/restore.ts'
import { Dice, makeHistory, settle } from '../../update/histories.ts'

/** A document on the way and at the end, as three clients with gc and forks made it. */
function twoStates(seed: number): { past: Uint8Array; now: Uint8Array } {
  const dice = new Dice(seed)
  const history = makeHistory(dice, 40 + dice.roll(80))
  const before = history.updates.slice(0, dice.roll(history.updates.length) + 1)
  settle(history)
  return {
    past: Y.encodeStateAsUpdate(documentOf(before)),
    now: Y.encodeStateAsUpdate(documentOf(history.updates)),
  }
}

function contentOf(...updates: readonly Uint8Array[]): string {
  return canonicalOf(documentOf(updates))
}

function updateOf(now: Uint8Array, past: Uint8Array): Uint8Array {
  const restored = restore([now], [past])
  if (restored.kind === 'impossible') throw new Error(restored.reason)
  return restored.kind === 'same' ? Uint8Array.of(0, 0) : restored.update
}

describe('restore', () => {
  const seeds = Array.from({ length: 12 }, (_, index) => index * 7919 + 1)

  test('HISTORY-1: any document becomes what it was, and what it became again', () => {
    for (const seed of seeds) {
      const { now, past } = twoStates(seed)
      const back = updateOf(now, past)
      const after = Y.mergeUpdates([now, back])
      expect({ seed, content: contentOf(now, back) }).toEqual({ seed, content: contentOf(past) })
      const forth = updateOf(after, now)
      expect({ seed, content: contentOf(after, forth) }).toEqual({ seed, content: contentOf(now) })
    }
  })

  test('HISTORY-1: clients that write meanwhile end with the same content', () => {
    for (const seed of seeds.slice(0, 15)) {
      const { now, past } = twoStates(seed)
      const back = updateOf(now, past)
      const client = documentOf([now])
      const before = Y.encodeStateVector(client)
      client.getText('text').insert(0, 'meanwhile')
      client.getMap('map').set('meanwhile', seed)
      const written = Y.encodeStateAsUpdate(client, before)
      expect(contentOf(now, back, written)).toBe(contentOf(now, written, back))
    }
  })

  test('HISTORY-1: what was deleted inside something deleted comes back as itself', () => {
    const document = new Y.Doc()
    const inner = new Y.Map<unknown>()
    document.getMap('outer').set('inner', inner)
    inner.set('key', 'then')
    const past = Y.encodeStateAsUpdate(document)
    const log: Uint8Array[] = [past]
    document.on('update', (update: Uint8Array) => log.push(update))
    inner.set('key', 'later')
    document.getMap('outer').delete('inner')
    const restored = restore(log, [past])
    // Before 13.6.31 Yjs put it into what is deleted, and only its value could be set again.
    expect(restored).toMatchObject({ kind: 'restored', way: 'undo' })
    if (restored.kind === 'restored') {
      expect(contentOf(...log, restored.update)).toBe(contentOf(past))
    }
  })

  test('HISTORY-2: where undoing goes wrong the difference of the values is taken', () => {
    const document = new Y.Doc()
    document.getText('t').insert(0, 'a😀b')
    const past = Y.encodeStateAsUpdate(document)
    // A deletion that cuts a surrogate pair in half: Yjs has put U+FFFD there.
    document.getText('t').delete(1, 1)
    const restored = restore([Y.encodeStateAsUpdate(document)], [past])
    expect(restored).toMatchObject({ kind: 'restored', way: 'difference' })
  })

  test('HISTORY-2: a version of another life is brought back by its values', () => {
    const other = new Y.Doc()
    other.getXmlFragment('x').insert(0, [new Y.XmlElement('p')])
    other.getMap('m').set('k', new Y.Array())
    const document = new Y.Doc()
    document.getText('t').insert(0, 'new life')
    const [now, past] = [document, other].map((doc) => Y.encodeStateAsUpdate(doc))
    if (now === undefined || past === undefined) throw new Error('no states')
    expect(contentOf(now, updateOf(now, past))).toBe(contentOf(past))
  })

  test('HISTORY-1: what is as it was needs no update', () => {
    const { now } = twoStates(1)
    expect(restore([now], [now])).toEqual({ kind: 'same' })
  })

  test('HISTORY-3: what would take more memory than it may is refused in words', () => {
    const { now, past } = twoStates(3)
    const restored = restore([now], [past], 1)
    expect(restored).toMatchObject({ kind: 'impossible', reason: expect.stringContaining('MiB') })
  })
})

describe('the difference of values', () => {
  test('HISTORY-2: any document becomes equal to any other', () => {
    for (let seed = 1; seed <= 40; seed++) {
      const { now, past } = twoStates(seed * 104_729)
      const live = documentOf([now])
      makeEqual(live, documentOf([past]))
      expect({ seed, content: canonicalOf(live) }).toEqual({ seed, content: contentOf(past) })
    }
  })

  test('HISTORY-2: what is equal stays what it is', () => {
    const document = new Y.Doc()
    const fragment = document.getXmlFragment('x')
    for (const text of ['one two three', 'four five six', 'seven']) {
      const paragraph = new Y.XmlElement('p')
      paragraph.insert(0, [new Y.XmlText(text)])
      fragment.push([paragraph])
    }
    const now = Y.encodeStateAsUpdate(document)
    const middle = fragment.get(1)
    const text = middle instanceof Y.XmlElement ? middle.get(0) : undefined
    if (text instanceof Y.XmlText) text.insert(5, 'and a half ')
    fragment.insert(0, [new Y.XmlElement('p')])
    const target = Y.encodeStateAsUpdate(document)
    const live = documentOf([now])
    makeEqual(live, documentOf([target]))
    expect(canonicalOf(live)).toBe(contentOf(target))
    const deleted = Y.decodeUpdate(Y.encodeStateAsUpdate(live)).ds.clients
    expect([...deleted]).toEqual([])
  })
})
