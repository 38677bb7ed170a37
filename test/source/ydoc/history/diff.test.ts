import { expect, test } from 'bun:test'
import * as Y from 'yjs'
import type { Author } from '../../../../persistence/batch.ts'
import type { Attributable, BroughtUpdate } from '../../../../src/ydoc/history/attributable.ts'
import { Attribution, packedAttribution } from '../../../../src/ydoc/history/attribution.ts'
import { compare } from '../../../../src/ydoc/history/compare.ts'
import { diffOf } from '../../../../src/ydoc/history/diff.ts'
import type { PieceDiff } from '../../../../src/ydoc/history/diff-shape.ts'
import { fold } from '../../../../src/ydoc/fold/fold.ts'
import type { CompareRequest } from '../../../../src/ydoc/request.ts'
import { documentOf, stateOf } from '../../../../src/ydoc/history/restore.ts'
import { Dice, makeHistory } from '../../update/histories.ts'

const ada: Author = { id: 'ada', name: 'Ada' }
const bob: Author = { id: 'bob', name: 'Bob' }
const minute = 60_000
const unknown = Attribution.of({ snapshot: undefined, attribution: undefined, log: [] })

/** A document of two people, each with a client id of their own. */
function shared() {
  const document = new Y.Doc()
  const log: BroughtUpdate[] = []
  let who: Author | undefined = ada
  document.on('update', (bytes: Uint8Array) => {
    log.push({ bytes, by: who, time: log.length * 20 * minute })
  })
  return {
    document,
    log,
    as(author: Author | undefined, work: () => void): void {
      who = author
      document.clientID = author === bob ? 2 : 1
      document.transact(work)
    },
    stored: (): Attributable => ({ snapshot: undefined, attribution: undefined, log: [...log] }),
  }
}

function told(
  old: Uint8Array | undefined,
  now: Uint8Array,
  more: Partial<CompareRequest> = {},
): unknown {
  const compared = compare({
    kind: 'compare',
    old: old === undefined ? { kind: 'empty' } : { kind: 'now', updates: [old] },
    now: { kind: 'now', updates: [now] },
    stored: { snapshot: undefined, attribution: undefined, log: [] },
    root: undefined,
    form: 'json',
    context: undefined,
    memoryBytesMax: Infinity,
    ...more,
  })
  if (compared.kind !== 'told') return compared
  return more.form === 'html' ? compared.text : JSON.parse(compared.text)
}

/** One side's text out of the list of spans. */
function textOf(spans: readonly PieceDiff[], without: 'added' | 'removed'): string {
  return spans
    .map((span) => ('text' in span && span.op !== without ? (span.text ?? '') : ''))
    .join('')
}

test('HISTORY-11: old and new text of any two states come out of the same spans', () => {
  for (let seed = 1; seed <= 60; seed++) {
    const dice = new Dice(seed * 7_001)
    const { updates } = makeHistory(dice, 60, 'plain')
    const [early, late] = [updates.slice(0, 1 + dice.roll(updates.length)), updates]
    for (const [old, now] of [
      [early, late],
      [late, early],
    ]) {
      if (old === undefined || now === undefined) continue
      const diff = diffOf(stateOf(old), stateOf(now), unknown).get('text')
      const spans = diff !== undefined && 'spans' in diff ? diff.spans : []
      const [was, is] = [old, now].map((state) => documentOf(state).getText('text').toString())
      const plain = (text = ''): string => text.replaceAll(/[\uD800-\uDFFF]/g, '\uFFFD')
      expect({ seed, text: plain(textOf(spans, 'added')) }).toEqual({ seed, text: plain(was) })
      expect({ seed, text: plain(textOf(spans, 'removed')) }).toEqual({ seed, text: plain(is) })
    }
  }
})

test('HISTORY-11: text is told with who wrote and removed it, and changed marks apart', () => {
  const { as, document, stored } = shared()
  const text = document.getText('t')
  as(ada, () => text.insert(0, 'one two three'))
  const old = Y.encodeStateAsUpdate(document)
  as(bob, () => text.insert(3, ' and a half'))
  as(bob, () => text.delete(0, 1))
  as(ada, () => text.format(text.length - 5, 5, { bold: true }))
  const now = Y.encodeStateAsUpdate(document)
  const [a, b] = [ada, bob].map(({ id, name }) => ({ id, name, color: null }))
  const first = new Date(0).toISOString()
  const second = new Date(20 * minute).toISOString()
  expect(told(old, now, { stored: stored() })).toEqual({
    spans: [
      { op: 'removed', by: a, at: first, removedBy: b, text: 'o' },
      { op: 'same', by: a, at: first, text: 'ne' },
      { op: 'added', by: b, at: second, text: ' and a half' },
      { op: 'same', by: a, at: first, text: ' two ' },
      { op: 'changed', attributes: { bold: true }, was: {}, by: a, at: first, text: 'three' },
    ],
  })
  expect(told(old, now, { form: 'html', stored: stored() })).toBe(
    '<div class="diff"><p><del data-by="ada" data-removed-by="bob">o</del>ne' +
      '<ins data-by="bob"> and a half</ins> two <span class="changed" data-by="ada">three</span>' +
      '</p></div>',
  )
})

test('HISTORY-11: elements, maps and lists are told by what became of them', () => {
  const document = new Y.Doc()
  const fragment = document.getXmlFragment('x')
  const paragraph = (text: string): Y.XmlElement => {
    const element = new Y.XmlElement('p')
    element.insert(0, [new Y.XmlText(text)])
    return element
  }
  fragment.insert(0, [paragraph('stays'), paragraph('goes'), paragraph('is changed')])
  document.getMap('m').set('k', 1)
  document.getMap('m').set('inner', new Y.Map([['deep', true]]))
  document.getArray('a').insert(0, [1, 2, 3])
  const old = Y.encodeStateAsUpdate(document)
  fragment.delete(1, 1)
  const last = fragment.get(1)
  if (last instanceof Y.XmlElement) last.setAttribute('align', 'left')
  document.getMap('m').set('k', 2)
  document.getMap('m').set('new', '<b>')
  document.getArray('a').delete(1, 1)
  const now = Y.encodeStateAsUpdate(document)
  const child = (op: string, text: string) => ({ op, by: null, text })
  expect(told(old, now, { root: 'x' })).toEqual({
    blocks: [
      { op: 'same', type: 'p', attributes: {}, children: [child('same', 'stays')] },
      { op: 'removed', type: 'p', attributes: {}, children: [child('removed', 'goes')] },
      {
        op: 'changed',
        type: 'p',
        attributes: { align: 'left' },
        was: { align: null },
        children: [child('same', 'is changed')],
      },
    ],
  })
  expect(told(old, now, { root: 'm' })).toEqual({
    map: {
      inner: { op: 'same', now: { map: { deep: { op: 'same', now: true } } } },
      k: { op: 'changed', was: 1, now: 2 },
      new: { op: 'added', now: '<b>' },
    },
  })
  expect(told(old, now, { root: 'a' })).toEqual({
    items: [
      { op: 'same', value: 1 },
      { op: 'removed', value: 2 },
      { op: 'same', value: 3 },
    ],
  })
  expect(told(old, now)).toEqual({ kind: 'ambiguous', roots: ['x', 'm', 'a'] })
  expect(told(old, now, { root: 'm', form: 'html' })).toContain('&lt;b&gt;')
})

test('HISTORY-11: long stretches in which nothing changed fold to their length', () => {
  const document = new Y.Doc()
  const text = document.getText('t')
  text.insert(0, `${'a'.repeat(100)}${'b'.repeat(100)}`)
  const old = Y.encodeStateAsUpdate(document)
  text.insert(100, '!')
  const now = Y.encodeStateAsUpdate(document)
  expect(told(old, now, { context: 3 })).toEqual({
    spans: [
      { op: 'same', length: 97 },
      { op: 'same', by: null, text: 'aaa' },
      { op: 'added', by: null, text: '!' },
      { op: 'same', by: null, text: 'bbb' },
      { op: 'same', length: 97 },
    ],
  })
})

test('HISTORY-12: who brought something first is its author, also after it was folded', () => {
  const { as, document, log } = shared()
  const text = document.getText('t')
  as(ada, () => text.insert(0, 'by Ada'))
  as(bob, () => text.insert(0, 'by Bob, '))
  as(undefined, () => text.insert(0, 'by nobody, '))
  const whole = Y.encodeStateAsUpdate(document)
  // Bob brings again what is there: it stays whose it was.
  log.push({ bytes: whole, by: bob, time: 0 })
  const unfolded: Attributable = { snapshot: undefined, attribution: undefined, log }
  const folded = fold(log.map(({ bytes }) => bytes))
  if (folded.kind !== 'folded') throw new Error(folded.reason)
  const kept = packedAttribution(unfolded)
  const once = { snapshot: folded.snapshot, attribution: kept, log: [] }
  const twice = { ...once, attribution: packedAttribution(once), log: log.slice(-1) }
  for (const stored of [unfolded, once, twice]) {
    const form = 'attribution'
    const { spans } = told(whole, whole, { form, stored }) as {
      spans: { from: number; to: number; text: string; by: Author | null }[]
    }
    expect(spans.map(({ by, text: own }) => [by?.id, own])).toEqual([
      [undefined, 'by nobody, '],
      ['bob', 'by Bob, '],
      ['ada', 'by Ada'],
    ])
    expect(spans.map(({ from, to }) => [from, to])).toEqual([
      [0, 11],
      [11, 19],
      [19, 25],
    ])
  }
})
