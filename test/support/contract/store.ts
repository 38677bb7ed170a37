import { afterEach, beforeEach, describe, expect, test } from 'bun:test'
import { Batch } from '../../../persistence/batch.ts'
import { StoreError } from '../../../persistence/store-error.ts'
import type { Store } from '../../../persistence/store.ts'

/** A store under test and what surrounds it. */
export interface StoreStage {
  readonly store: Store
  /** Closes the store and gives a fresh one on the same data, where the store outlasts closing. */
  reopen(): Promise<Store>
  dispose(): Promise<void>
}

/** The bytes of a text, so that failures read well. */
export function bytes(text: string): Uint8Array {
  return new TextEncoder().encode(text)
}

/** One batch of `[document, update]` pairs. */
export function batchOf(...updates: readonly (readonly [string, string])[]): Batch {
  const batch = new Batch()
  for (const [document, update] of updates) batch.add(document, bytes(update))
  return batch
}

/** The updates in a document's log, as texts. */
export async function logOf(store: Store, document: string): Promise<readonly string[]> {
  const { log } = await store.load(document)
  return log.map((entry) => new TextDecoder().decode(entry.bytes))
}

/** The kind with which a promise was refused. */
export async function refusal(promise: Promise<unknown>): Promise<string> {
  return (await storeErrorOf(promise)).kind
}

/** The error with which a promise was refused; throws when it was not, or with anything else. */
export async function storeErrorOf(promise: Promise<unknown>): Promise<StoreError> {
  const outcome = await promise.then(
    () => 'resolved',
    (error: unknown) => error,
  )
  if (outcome instanceof StoreError) return outcome
  throw new Error(`expected a StoreError, got: ${String(outcome)}`)
}

const oddNames = [
  '__proto__',
  'constructor',
  'a/b/c',
  '..',
  '../../etc/passwd',
  ' ',
  'a\0b',
  'a\0c',
  "'; DROP TABLE log; --",
  '%',
  'e\u0301',
  '\u00e9',
  'A',
  'a',
  '\uff5e',
  '👩‍👩‍👧',
  '\u{10ffff}',
  'n'.repeat(512),
  '€'.repeat(170),
]

/** What every store keeps: the rules STORE-* of SPEC.md, run on one implementation. */
export function storeContract(name: string, create: () => Promise<StoreStage>): void {
  describe(`the store contract on ${name}`, () => {
    let stage: StoreStage
    let store: Store

    beforeEach(async () => {
      stage = await create()
      store = stage.store
    })
    afterEach(() => stage.dispose())

    test('STORE-1: an append comes back as it was and in order, also reopened', async () => {
      await store.append(batchOf(['a', '1'], ['b', 'x'], ['a', ''], ['a', '3']))
      await store.append(batchOf(['a', '4']))
      store = await stage.reopen()
      expect(await logOf(store, 'a')).toEqual(['1', '', '3', '4'])
      expect(await logOf(store, 'b')).toEqual(['x'])
    })

    test('STORE-1: every byte value and an update of 3 MB come back as they were', async () => {
      const large = new Uint8Array(3_000_000).map((_, at) => at * 7)
      const batch = new Batch(16)
      batch.add(
        'a',
        Uint8Array.from({ length: 256 }, (_, value) => value),
      )
      batch.add('a', large)
      await store.append(batch)
      const { log } = await store.load('a')
      expect(log.map((entry) => entry.bytes.length)).toEqual([256, large.length])
      expect([...(log[0]?.bytes ?? [])]).toEqual(Array.from({ length: 256 }, (_, value) => value))
      expect(Buffer.compare(log[1]?.bytes ?? new Uint8Array(0), large)).toBe(0)
    })

    test('STORE-1: a batch may be used again once its append has resolved', async () => {
      const batch = batchOf(['a', '1'])
      await store.append(batch)
      batch.clear()
      batch.add('b', bytes('2'))
      await store.append(batch)
      expect(await logOf(store, 'a')).toEqual(['1'])
      expect(await logOf(store, 'b')).toEqual(['2'])
    })

    test('STORE-2: sequences rise, are shared within a batch, and never come twice', async () => {
      await store.append(batchOf(['a', '1'], ['a', '2'], ['b', 'x']))
      const first = await store.load('a')
      expect(new Set(first.log.map((entry) => entry.sequence)).size).toBe(1)
      await store.compact('a', bytes('all'), first.through)
      await store.delete('b')
      store = await stage.reopen()
      await store.append(batchOf(['b', 'y']))
      await store.append(batchOf(['a', '3']))
      const { through: b } = await store.load('b')
      const { log, through } = await store.load('a')
      expect(b).toBeGreaterThan(first.through)
      expect(through).toBeGreaterThan(b)
      expect(log.map((entry) => entry.sequence)).toEqual([through])
    })

    test('STORE-3: an unknown document is empty', async () => {
      expect(await store.load('nobody')).toEqual({
        snapshot: undefined,
        log: [],
        through: 0,
        damage: [],
      })
    })

    test('STORE-4: compacting replaces the snapshot and drops the log that it covers', async () => {
      await store.append(batchOf(['a', '1'], ['b', 'x']))
      const { through } = await store.load('a')
      await store.append(batchOf(['a', '2']))
      expect(await store.compact('a', bytes('one'), through)).toBe(true)
      store = await stage.reopen()
      const stored = await store.load('a')
      expect(stored.snapshot).toEqual(bytes('one'))
      expect(await logOf(store, 'a')).toEqual(['2'])
      expect(await store.compact('a', bytes('two'), stored.through)).toBe(true)
      expect(await store.load('a')).toMatchObject({
        snapshot: bytes('two'),
        log: [],
        through: stored.through,
      })
      expect(await logOf(store, 'b')).toEqual(['x'])
    })

    test('STORE-5: a compaction that is late changes nothing', async () => {
      await store.append(batchOf(['a', '1']))
      const early = await store.load('a')
      await store.append(batchOf(['a', '2']))
      const late = await store.load('a')
      expect(await store.compact('a', bytes('both'), late.through)).toBe(true)
      expect(await store.compact('a', bytes('stale'), early.through)).toBe(false)
      expect(await store.load('a')).toMatchObject({ snapshot: bytes('both'), log: [] })
    })

    test('STORE-5: a compaction does not bring back a deleted document', async () => {
      await store.append(batchOf(['a', '1']))
      const before = await store.load('a')
      await store.delete('a')
      expect(await store.compact('a', bytes('back'), before.through)).toBe(false)
      await store.append(batchOf(['a', 'new']))
      expect(await store.compact('a', bytes('back'), before.through)).toBe(false)
      expect((await store.load('a')).snapshot).toBeUndefined()
      expect(await logOf(store, 'a')).toEqual(['new'])
    })

    test("STORE-5: a compaction through another document's entry changes nothing", async () => {
      await store.append(batchOf(['a', '1']))
      await store.append(batchOf(['b', 'x']))
      const { through } = await store.load('b')
      expect(await store.compact('a', bytes('all'), through)).toBe(false)
      expect(await store.compact('a', bytes('all'), 0)).toBe(false)
      expect(await logOf(store, 'a')).toEqual(['1'])
    })

    test('STORE-6: deleting removes one document whole and tells whether it was', async () => {
      await store.append(batchOf(['a', '1'], ['b', 'x']))
      await store.compact('a', bytes('one'), (await store.load('a')).through)
      await store.append(batchOf(['a', '2']))
      expect(await store.delete('a')).toBe(true)
      expect(await store.delete('a')).toBe(false)
      store = await stage.reopen()
      expect(await store.load('a')).toMatchObject({ snapshot: undefined, log: [], through: 0 })
      expect(await logOf(store, 'b')).toEqual(['x'])
      expect((await store.list(undefined, 10)).map(({ document }) => document)).toEqual(['b'])
    })

    test('STORE-7: names differ by their bytes alone and come back as they were', async () => {
      await store.append(batchOf(...oddNames.map((odd) => [odd, `of ${odd}`] as const)))
      store = await stage.reopen()
      for (const odd of oddNames) expect(await logOf(store, odd)).toEqual([`of ${odd}`])
      const listed = await store.list(undefined, 100)
      expect(new Set(listed.map(({ document }) => document))).toEqual(new Set(oddNames))
    })

    test('STORE-8: names that cannot come back are refused, by batch and store', async () => {
      const refused = ['', '\ud800', 'x\udfffy', 'n'.repeat(513), '€'.repeat(171)]
      for (const document of refused) {
        const batch = batchOf(['a', '1'])
        expect(() => batch.add(document, bytes('x'))).toThrow(StoreError)
        await store.append(batch)
        expect(await refusal(store.load(document))).toBe('name')
        expect(await refusal(store.compact(document, bytes('x'), 1))).toBe('name')
        expect(await refusal(store.delete(document))).toBe('name')
      }
      expect(await logOf(store, 'a')).toEqual(refused.map(() => '1'))
    })

    test("STORE-9: a listing is in the order of the names' UTF-8 bytes, page by page", async () => {
      await store.append(batchOf(...oddNames.map((odd) => [odd, 'x'] as const)))
      const sorted = oddNames.toSorted((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)))
      const listed: string[] = []
      for (;;) {
        const page = await store.list(listed.at(-1), 3)
        expect(page.length).toBeLessThanOrEqual(3)
        if (page.length === 0) break
        listed.push(...page.map(({ document }) => document))
      }
      expect(listed).toEqual(sorted)
    })

    test('STORE-9: a page begins after a name that need not exist', async () => {
      await store.append(batchOf(['a', 'x'], ['c', 'x'], ['d', 'x']))
      expect((await store.list('b', 1)).map(({ document }) => document)).toEqual(['c'])
      expect(await store.list('d', 5)).toEqual([])
    })

    test('STORE-10: a listing tells the bytes of the snapshot and the updates since', async () => {
      await store.append(batchOf(['a', '12345'], ['a', '']))
      await store.compact('a', bytes('123'), (await store.load('a')).through)
      await store.append(batchOf(['a', '12'], ['a', '4567'], ['b', 'x']))
      expect(await store.list(undefined, 10)).toEqual([
        { document: 'a', snapshotBytes: 3, logBytes: 6, logRows: 2 },
        { document: 'b', snapshotBytes: 0, logBytes: 1, logRows: 1 },
      ])
    })

    test('STORE-11: requests take effect in the order in which they were made', async () => {
      const appended = [1, 2, 3].map((at) => store.append(batchOf(['a', `${at}`])))
      const seen = logOf(store, 'a')
      const deleted = store.delete('a')
      const after = logOf(store, 'a')
      await Promise.all(appended)
      expect(await seen).toEqual(['1', '2', '3'])
      expect(await deleted).toBe(true)
      expect(await after).toEqual([])
    })

    test('STORE-11: many small appends arrive in order', async () => {
      const total = 100_000
      const perBatch = 250
      const pending: Promise<void>[] = []
      for (let first = 0; first < total; first += perBatch) {
        const batch = new Batch(8_192)
        for (let at = first; at < first + perBatch; at++) batch.add('a', bytes(`${at}`))
        pending.push(store.append(batch))
      }
      await Promise.all(pending)
      const log = await logOf(store, 'a')
      expect(log.length).toBe(total)
      expect(log.findIndex((text, at) => text !== `${at}`)).toBe(-1)
    })

    test('STORE-12: closing waits for what was asked, is idempotent and then refuses', async () => {
      const settled: string[] = []
      const appended = store.append(batchOf(['a', '1'])).then(() => settled.push('append'))
      const closed = Promise.all([store.close(), store.close()]).then(() => settled.push('close'))
      await Promise.all([appended, closed])
      expect(settled).toEqual(['append', 'close'])
      expect(await refusal(store.append(batchOf(['a', '2'])))).toBe('closed')
      expect(await refusal(store.append(new Batch()))).toBe('closed')
      expect(await refusal(store.load('a'))).toBe('closed')
      expect(await refusal(store.list(undefined, 1))).toBe('closed')
    })

    test("STORE-13: what was loaded is the caller's own", async () => {
      await store.append(batchOf(['a', '1']))
      const loaded = await store.load('a')
      loaded.log[0]?.bytes.fill(0)
      const snapshot = bytes('one')
      const compacted = store.compact('a', snapshot, loaded.through)
      expect(await compacted).toBe(true)
      snapshot.fill(0)
      const again = await store.load('a')
      again.snapshot?.fill(0)
      expect((await store.load('a')).snapshot).toEqual(bytes('one'))
    })
  })
}
