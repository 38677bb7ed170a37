import { expect, test } from 'bun:test'
import * as Y from 'yjs'
import { limitsWith } from '../../../../src/base/limits/limits.ts'
import { fold } from '../../../../src/ydoc/fold/fold.ts'
import { createFolder } from '../../../../src/ydoc/folder.ts'
import { FakeClock } from '../../../support/fakes/clock.ts'
import { craftInsertsAtOnePlace, craftUpdate } from '../../../support/harness/crafted.ts'

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

test('COMPACT-8: what waits for its past may come to rest a round later', () => {
  // Found by drawing 6,000 histories with gaps: the snapshot comes back as another one, that one
  // as itself.
  const parts = [
    '0204030004010174026162c403000301016146020001620474727565c6020002010162046e756c6c' +
      '01020384020102616200',
    '010102000401017402616200',
  ].map((hex) => Uint8Array.fromHex(hex))
  const once = new Y.Doc()
  for (const part of parts) Y.applyUpdate(once, part)
  const first = Y.encodeStateAsUpdate(once)
  expect(once.store.pendingStructs).not.toBeNull()
  const second = Y.encodeStateAsUpdate(load(first))
  expect(second).not.toEqual(first)
  const folded = fold(parts)
  if (folded.kind !== 'folded') throw new Error(folded.kind)
  expect(folded.snapshot).toEqual(second)
  expect(fold([folded.snapshot])).toEqual(folded)
})

test('COMPACT-9: a snapshot that could not be opened again is not taken', () => {
  // Sound to Yjs, but too deep to be read again by anybody who is careful.
  const document = new Y.Doc()
  let deep: unknown = 1
  for (let level = 0; level < 1_200; level++) deep = [deep]
  document.getMap('m').set('k', deep)
  const folded = fold([Y.encodeStateAsUpdate(document)])
  if (folded.kind !== 'unsound') throw new Error(folded.kind)
  expect(folded.reason).toContain('could not be opened again')
  expect(folded.culprits).toEqual([])
})

test('COMPACT-7: what would take more memory than it may is not begun', () => {
  const part = craftInsertsAtOnePlace(1, 10_000)
  expect(fold([part], 20_000_000).kind).toBe('folded')
  const folded = fold([part], 5_000_000)
  if (folded.kind !== 'given-up') throw new Error(folded.kind)
  expect(folded.reason).toBe(
    'Folding the document takes about 11 MiB of memory; 5 MiB are allowed.',
  )
})

test('COMPACT-7: a fold that is late is ended, and the next gets a fresh thread', async () => {
  const clock = new FakeClock()
  const limits = limitsWith()
  const folder = createFolder({ clock, limits })
  const [low, high] = [craftInsertsAtOnePlace(1, 60_000), craftInsertsAtOnePlace(2, 60_000)]
  const late = folder.fold([low, high])
  // A small document does not wait, also behind another small one.
  const { updates } = history(20)
  expect((await folder.fold(updates)).kind).toBe('folded')
  const behind = folder.fold([low])
  await clock.advance(limits.fold_ms_max)
  expect(await late).toEqual({
    kind: 'given-up',
    reason: 'The document could not be folded within 20 s (--fold-ms-max).',
  })
  expect((await behind).kind).toBe('folded')
  const left = folder.fold([low, high]).catch((error: unknown) => String(error))
  await folder.close()
  expect(await left).toBe('Error: The server is leaving; ask again when it is back.')
  expect(await folder.fold([low]).catch(() => 'refused')).toBe('refused')
}, 60_000)

/** Maps within maps, deeper than Yjs can delete. */
function nested(levels: number): { client: number; update: Uint8Array } {
  const document = new Y.Doc()
  document.transact(() => {
    let map = document.getMap('deep')
    for (let level = 0; level < levels; level++) {
      const inner = new Y.Map<unknown>()
      map.set('a', inner)
      map = inner
    }
  })
  return { client: document.clientID, update: Y.encodeStateAsUpdate(document) }
}

test('COMPACT-10: of a part that throws the rest is kept, of whichever kind it is', () => {
  const { client, update } = nested(20_000)
  const { document, updates } = history(10)
  const [first, ...more] = updates
  if (first === undefined) throw new Error('no history')
  const bad = craftUpdate([], [{ client, clock: 0, length: 1 }])
  // As a client sends all that it has when it comes back: others' edits, deletes, and that one.
  const mixed = Y.mergeUpdates([...more, bad])
  const folded = fold([first, update, mixed])
  const [culprit, ...others] = folded.kind === 'unsound' ? folded.culprits : []
  expect([culprit?.part, others]).toEqual([2, []])
  const rest = culprit?.rest
  if (rest === undefined) throw new Error('nothing was kept')
  const again = fold([first, update, rest])
  if (again.kind !== 'folded') throw new Error(again.kind)
  const loaded = load(again.snapshot)
  expect(loaded.getText('t').toString()).toBe(document.getText('t').toString())
  expect(loaded.getMap('deep').has('a')).toBe(true)
}, 60_000)

test('COMPACT-10: what throws only when all is applied at once is folded bit by bit', () => {
  const document = new Y.Doc()
  const updates: Uint8Array[] = []
  document.on('update', (update: Uint8Array) => updates.push(update))
  const outer = new Y.Map<unknown>()
  document.getMap('deep').set('a', outer)
  document.transact(() => {
    let map = outer
    for (let level = 0; level < 20_000; level++) {
      const inner = new Y.Map<unknown>()
      map.set('a', inner)
      map = inner
    }
  })
  const [first, rest] = updates
  if (first === undefined || rest === undefined) throw new Error('nothing was written')
  const remove = craftUpdate([], [{ client: document.clientID, clock: 0, length: 1 }])
  const honest = craftUpdate([{ client: 7, text: 'honest' }])
  const parts = [first, remove, Y.mergeUpdates([rest, honest])]
  const together = new Y.Doc()
  expect(() => {
    together.transact(() => {
      for (const part of parts) Y.applyUpdate(together, part)
    })
  }).toThrow()
  const folded = fold(parts)
  if (folded.kind !== 'folded') throw new Error(folded.reason)
  expect(load(folded.snapshot).getText('t').toString()).toBe('honest')
}, 60_000)
