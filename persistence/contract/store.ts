import { Batch } from '../batch.ts'
import { StoreError } from '../store-error.ts'
import type { Store } from '../store.ts'
import { batchOf, bytes, logOf, refusal, type StoreStage } from './stage.ts'
import type { TestRunner } from './test-runner.ts'

/** A document that nobody has written. */
const nobody = { epoch: 1, through: { number: 0, tag: 0 } }

/** Deletes a document for good. */
async function gone(store: Store, document: string): Promise<void> {
  await store.delete(document)
  await store.purge(document, bytes(''))
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

/** Bytes, names and order: the rules STORE-1 to STORE-13 of SPEC.md, on one implementation. */
export function keepingContract(
  runner: TestRunner,
  name: string,
  create: () => Promise<StoreStage>,
): void {
  const { afterEach, beforeEach, describe, expect, test } = runner
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
      await store.compact('a', bytes('all'), first)
      await gone(store, 'b')
      store = await stage.reopen()
      await store.append(batchOf(['b', 'y']))
      await store.append(batchOf(['a', '3']))
      const b = (await store.load('b')).through.number
      const { log, through } = await store.load('a')
      expect(b).toBeGreaterThan(first.through.number)
      expect(through.number).toBeGreaterThan(b)
      expect(log.map((entry) => entry.sequence)).toEqual([through.number])
    })

    test('STORE-3: an unknown document is empty', async () => {
      expect(await store.load('nobody')).toMatchObject({
        epoch: 1,
        exists: false,
        deleted: undefined,
        dead: undefined,
        position: { number: 0, tag: 0 },
        snapshot: undefined,
        attribution: undefined,
        log: [],
        through: { number: 0, tag: 0 },
        damage: [],
      })
      expect(await store.list({ limit: 1 })).toEqual([])
    })

    test('STORE-4: compacting replaces the snapshot and drops the log that it covers', async () => {
      await store.append(batchOf(['a', '1'], ['b', 'x']))
      const first = await store.load('a')
      await store.append(batchOf(['a', '2']))
      expect(await store.compact('a', bytes('one'), first)).toBe(true)
      store = await stage.reopen()
      const stored = await store.load('a')
      expect(stored.snapshot).toEqual(bytes('one'))
      expect(await logOf(store, 'a')).toEqual(['2'])
      expect(await store.compact('a', bytes('two'), stored)).toBe(true)
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
      expect(await store.compact('a', bytes('both'), late)).toBe(true)
      expect(await store.compact('a', bytes('stale'), early)).toBe(false)
      expect(await store.load('a')).toMatchObject({ snapshot: bytes('both'), log: [] })
    })

    test('STORE-5: a compaction does not bring back a deleted document', async () => {
      await store.append(batchOf(['a', '1']))
      const before = await store.load('a')
      await store.delete('a')
      expect(await store.compact('a', bytes('back'), before)).toBe(false)
      await store.purge('a', bytes(''))
      expect(await store.compact('a', bytes('back'), before)).toBe(false)
      await store.append(batchOf(['a', 'new']))
      expect(await store.compact('a', bytes('back'), before)).toBe(false)
      expect((await store.load('a')).snapshot).toBeUndefined()
      expect(await logOf(store, 'a')).toEqual(['new'])
    })

    test("STORE-5: a compaction through another document's entry changes nothing", async () => {
      await store.append(batchOf(['a', '1']))
      await store.append(batchOf(['b', 'x']))
      const { epoch, through } = await store.load('b')
      const { tag } = (await store.load('a')).through
      for (const of of [through, { number: 0, tag: 0 }, { number: through.number, tag }]) {
        expect(await store.compact('a', bytes('all'), { epoch, through: of })).toBe(false)
      }
      expect(await logOf(store, 'a')).toEqual(['1'])
    })

    test('STORE-7: names differ by their bytes alone and come back as they were', async () => {
      await store.append(batchOf(...oddNames.map((odd) => [odd, `of ${odd}`] as const)))
      store = await stage.reopen()
      for (const odd of oddNames) expect(await logOf(store, odd)).toEqual([`of ${odd}`])
      const listed = await store.list({ limit: 100 })
      expect(new Set(listed.map(({ document }) => document))).toEqual(new Set(oddNames))
    })

    test('STORE-8: names that cannot come back are refused, by batch and store', async () => {
      const refused = ['', '\ud800', 'x\udfffy', 'n'.repeat(513), '€'.repeat(171)]
      for (const document of refused) {
        const batch = batchOf(['a', '1'])
        expect(() => batch.add(document, bytes('x'))).toThrow(StoreError)
        await store.append(batch)
        expect(await refusal(store.load(document))).toBe('name')
        expect(await refusal(store.compact(document, bytes('x'), nobody))).toBe('name')
        expect(await refusal(store.delete(document))).toBe('name')
      }
      expect(await logOf(store, 'a')).toEqual(refused.map(() => '1'))
    })

    test("STORE-9: a listing is in the order of the names' UTF-8 bytes, page by page", async () => {
      await store.append(batchOf(...oddNames.map((odd) => [odd, 'x'] as const)))
      const sorted = oddNames.toSorted((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)))
      const listed: string[] = []
      for (;;) {
        const page = await store.list({ after: listed.at(-1), limit: 3 })
        expect(page.length).toBeLessThanOrEqual(3)
        if (page.length === 0) break
        listed.push(...page.map(({ document }) => document))
      }
      expect(listed).toEqual(sorted)
    })

    test('STORE-9: a page begins after a name that need not exist', async () => {
      await store.append(batchOf(['a', 'x'], ['c', 'x'], ['d', 'x']))
      expect((await store.list({ after: 'b', limit: 1 })).map(({ document }) => document)).toEqual([
        'c',
      ])
      expect(await store.list({ after: 'd', limit: 5 })).toEqual([])
    })

    test('STORE-10: a listing tells the bytes of the snapshot and the updates since', async () => {
      await store.append(batchOf(['a', '12345'], ['a', '']))
      await store.compact('a', bytes('123'), await store.load('a'))
      await store.append(batchOf(['a', '12'], ['a', '4567'], ['b', 'x']))
      expect(await store.list({ limit: 10 })).toMatchObject([
        { document: 'a', snapshotBytes: 3, logBytes: 6, logRows: 2 },
        { document: 'b', snapshotBytes: 0, logBytes: 1, logRows: 1 },
      ])
    })

    test('STORE-11: requests take effect in the order in which they were made', async () => {
      const appended = [1, 2, 3].map((at) => store.append(batchOf(['a', `${at}`])))
      const seen = logOf(store, 'a')
      const deleted = store.delete('a')
      const late = store.append(batchOf(['a', '4']))
      const after = logOf(store, 'a')
      await Promise.all(appended)
      expect(await seen).toEqual(['1', '2', '3'])
      expect(await deleted).toBe(true)
      expect(await late).toEqual([{ kind: 'refused' }])
      expect(await after).toEqual(['1', '2', '3'])
    })

    test('STORE-11: many small appends arrive in order', async () => {
      const total = 100_000
      const perBatch = 250
      const pending: Promise<unknown>[] = []
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
      expect(await refusal(store.list({ limit: 1 }))).toBe('closed')
    })

    test("STORE-13: what was loaded is the caller's own", async () => {
      await store.append(batchOf(['a', '1']))
      const loaded = await store.load('a')
      loaded.log[0]?.bytes.fill(0)
      const snapshot = bytes('one')
      const compacted = store.compact('a', snapshot, loaded)
      expect(await compacted).toBe(true)
      snapshot.fill(0)
      const again = await store.load('a')
      again.snapshot?.fill(0)
      expect((await store.load('a')).snapshot).toEqual(bytes('one'))
    })
  })
}
