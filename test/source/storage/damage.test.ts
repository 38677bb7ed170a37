import { expect, test } from 'bun:test'
import * as Y from 'yjs'
import { logEvents } from '../../../src/base/log-events.ts'
import { systemClock } from '../../../src/base/clock.ts'
import { RefusalError } from '../../../src/base/errors.ts'
import { defaultLimits } from '../../../src/base/limits/limits.ts'
import { createLog } from '../../../src/base/log.ts'
import { Metrics } from '../../../src/base/metrics.ts'
import { Compactor } from '../../../src/storage/compactor.ts'
import { DocumentLoader } from '../../../src/storage/loader.ts'
import type { ServerDocument } from '../../../src/document/document.ts'
import { fold } from '../../../src/ydoc/fold/fold.ts'
import { Journal } from '../../../src/storage/journal.ts'
import { Batch } from '../../../persistence/batch.ts'
import { createMemoryStore } from '../../../persistence/memory/store.ts'
import type { Store } from '../../../persistence/store.ts'
import { typed } from '../cli/stage.ts'

const unsound = Uint8Array.of(1, 2, 3)

function stage() {
  const store = createMemoryStore()
  const lines: string[] = []
  const shared = {
    store,
    clock: systemClock,
    log: createLog((line) => lines.push(line)),
    metrics: new Metrics(),
    limits: { ...defaultLimits, commit_interval_ms: 0 },
  }
  const journal = new Journal(shared)
  const compactor = new Compactor({ ...shared, journal, fold: async (parts) => fold(parts) })
  return { store, lines, compactor, loader: new DocumentLoader({ ...shared, compactor }) }
}

async function append(store: Store, name: string, ...updates: readonly Uint8Array[]) {
  const batch = new Batch()
  for (const update of updates) batch.add(name, update)
  await store.append(batch)
}

function textIn(updates: readonly Uint8Array[]): string {
  const document = new Y.Doc()
  for (const update of updates) Y.applyUpdate(document, update)
  return document.getText('t').toString()
}

function served(document: ServerDocument): string {
  const whole = document.describe(Uint8Array.of(0))
  if (typeof whole === 'string') throw new Error(whole)
  return textIn([whole.bytes()])
}

async function stored(store: Store, name: string): Promise<string> {
  const { snapshot, log } = await store.load(name)
  const updates = log.map(({ bytes }) => bytes)
  return textIn(snapshot === undefined ? updates : [snapshot, ...updates])
}

test('ROOM-5: an entry that is no update is set aside, and the rest is served', async () => {
  const { store, lines, loader } = stage()
  const [first, ...later] = typed('rest').updates
  if (first === undefined) throw new Error('nothing typed')
  await append(store, 'notes', first)
  await append(store, 'notes', unsound, ...later)
  expect(served((await loader.load('notes')).document)).toBe('rest')
  const { damage } = await store.load('notes')
  expect(damage.map(({ entry }) => entry)).toEqual([2])
  expect(lines.filter((line) => line.startsWith('error entry-quarantined'))).toEqual([
    'error entry-quarantined document="notes" entry=2 reason="The update ends in the middle." ' +
      `message="${logEvents['entry-quarantined']}"`,
  ])
  // The sound updates of its row were stored again.
  expect(await stored(store, 'notes')).toBe('rest')
  expect(served((await loader.load('notes')).document)).toBe('rest')
})

test('ROOM-5: where entries are missing, what applies of the rest is served', async () => {
  const { store, lines, loader } = stage()
  for (const update of typed('abc').updates) await append(store, 'notes', update)
  await store.quarantine('notes', 3, 'It is torn.')
  expect(served((await loader.load('notes')).document)).toBe('ab')
  const message = `message="${logEvents['stored-damage']}"`
  expect(lines).toEqual([
    `error stored-damage document="notes" entry=3 reason="It is torn." ${message}`,
  ])
})

async function refusalOf(loading: Promise<unknown>): Promise<string> {
  const error: unknown = await loading.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  return error instanceof RefusalError ? error.kind : `not refused: ${String(error)}`
}

test('ROOM-6: a document of which nothing stands is refused until it is back', async () => {
  const { store, loader } = stage()
  const { document, updates } = typed('abc')
  for (const update of updates) await append(store, 'notes', update)
  await store.quarantine('notes', 1, 'It is torn.')
  expect(await refusalOf(loader.load('notes'))).toBe('document-damaged')
  await append(store, 'notes', Y.encodeStateAsUpdate(document))
  expect(served((await loader.load('notes')).document)).toBe('abc')
})

test('ROOM-6: a document that holds only damage is refused each time it is opened', async () => {
  const { store, loader } = stage()
  await append(store, 'notes', unsound)
  expect(await refusalOf(loader.load('notes'))).toBe('document-damaged')
  expect(await refusalOf(loader.load('notes'))).toBe('document-damaged')
  expect((await store.load('notes')).damage).toHaveLength(1)
})

test('COMPACT-5: a fold names the parts that do not apply, and no others', () => {
  const { updates } = typed('abcd')
  const [first, second, ...rest] = updates
  if (first === undefined || second === undefined) throw new Error('nothing typed')
  const folded = fold([first, unsound, second, unsound, ...rest])
  const culprits = folded.kind === 'unsound' ? folded.culprits : []
  expect(culprits.map(({ part }) => part)).toEqual([1, 3])
})

test('COMPACT-5: an entry that does not apply is set aside, and the rest is folded', async () => {
  const { store, lines, loader, compactor } = stage()
  const { updates } = typed('rest')
  for (const update of updates) await append(store, 'notes', update)
  const { document } = await loader.load('notes')
  // As another server might.
  await append(store, 'notes', unsound)
  expect(await compactor.request('notes', document)).toBe('quarantined')
  expect(lines.some((line) => line.includes('entry-quarantined document="notes" entry=5'))).toBe(
    true,
  )
  const { snapshot, log } = await store.load('notes')
  expect(log).toEqual([])
  expect(textIn(snapshot === undefined ? [] : [snapshot])).toBe('rest')
})

test('COMPACT-6: what is damaged while the document is open is stored again', async () => {
  const { store, lines, loader, compactor } = stage()
  for (const update of typed('whole').updates) await append(store, 'notes', update)
  const { document } = await loader.load('notes')
  await store.quarantine('notes', 2, 'It is torn.')
  expect(await compactor.request('notes', document)).toBe('done')
  expect(lines.at(-1)).toBe(
    `warn damage-mended document="notes" message="${logEvents['damage-mended']}"`,
  )
  expect(await stored(store, 'notes')).toBe('whole')
  expect(served((await loader.load('notes')).document)).toBe('whole')
})
