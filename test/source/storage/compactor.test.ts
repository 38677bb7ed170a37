import { expect, test } from 'bun:test'
import { logEvents } from '../../../src/base/log-events.ts'
import { systemClock } from '../../../src/base/clock.ts'
import { limitsWith } from '../../../src/base/limits/limits.ts'
import { createLog } from '../../../src/base/log.ts'
import { Metrics } from '../../../src/base/metrics.ts'
import { inSlices } from '../../../src/base/slices.ts'
import { ServerDocument } from '../../../src/document/document.ts'
import { Compactor } from '../../../src/storage/compactor.ts'
import { Journal } from '../../../src/storage/journal.ts'
import { fold } from '../../../src/ydoc/fold/fold.ts'
import type { Fold } from '../../../src/ydoc/request.ts'
import type { Stored } from '../../../persistence/store.ts'
import { Attribution, packedAttribution } from '../../../src/ydoc/history/attribution.ts'
import { Batch } from '../../../persistence/batch.ts'
import { FakeClock } from '../../support/fakes/clock.ts'
import { FaultyStore } from '../../support/fakes/store.ts'
import { craftUpdate } from '../../support/harness/crafted.ts'

const reason = 'It took too long, by the test.'

function stage(
  folder: Fold,
  attribute?: (stored: Stored) => Promise<Uint8Array>,
  isWhole?: () => Promise<boolean>,
) {
  const lines: string[] = []
  const store = new FaultyStore()
  const clock = new FakeClock()
  const limits = limitsWith()
  const shared = { store, clock, log: createLog((line) => lines.push(line)), limits }
  const metrics = new Metrics()
  const journal = new Journal({ ...shared, metrics })
  const parts = { ...shared, metrics, journal, fold: folder, attribute, isWhole }
  const compactor = new Compactor(parts)
  /** A document of one letter, or of so many bytes. */
  const stored = async (name: string, bytes = 1): Promise<ServerDocument> => {
    const batch = new Batch()
    batch.add(name, craftUpdate([{ client: 1, text: 'x'.repeat(bytes) }]))
    await store.append(batch)
    const document = new ServerDocument(limits)
    await inSlices(systemClock, document.load(undefined, (await store.load(name)).log))
    return document
  }
  return { lines, store, clock, limits, compactor, stored }
}

test('COMPACT-7: what took too long keeps its log, is named, and is put off', async () => {
  let folds = 0
  const { lines, store, clock, limits, compactor, stored } = stage(() => {
    folds++
    return Promise.resolve({ kind: 'given-up', reason })
  })
  const document = await stored('slow')
  expect(await compactor.request('slow', document)).toBe('given-up')
  const message = `message="${logEvents['compaction-failed']}"`
  expect(lines).toEqual([`error compaction-failed document="slow" reason="${reason}" ${message}`])
  expect((await store.load('slow')).log).toHaveLength(1)
  // Also for a copy that was loaded since.
  expect(await compactor.request('slow', await stored('slow'))).toBe('given-up')
  expect((await compactor.check('slow', await store.load('slow'))).kind).toBe('given-up')
  expect(folds).toBe(1)
  await clock.advance(limits.fold_retry_ms_min)
  expect(await compactor.request('slow', document)).toBe('given-up')
  expect(folds).toBe(2)
})

test('COMPACT-7: a small document is compacted while a large one takes its time', async () => {
  const held = Promise.withResolvers<void>()
  const { limits, compactor, stored } = stage(async (parts) => {
    if ((parts[0]?.length ?? 0) > limits.fold_small_bytes_max) await held.promise
    return fold(parts)
  })
  const large = compactor.request('large', await stored('large', limits.fold_small_bytes_max + 1))
  expect(await compactor.request('small', await stored('small'))).toBe('done')
  held.resolve()
  expect(await large).toBe('done')
})

test('CLUSTER-17: a copy with more than the store keeps it, and nothing is folded', async () => {
  let isWhole = false
  const { compactor, store, stored } = stage(
    (parts) => Promise.resolve(fold(parts)),
    undefined,
    () => Promise.resolve(isWhole),
  )
  const document = await stored('a')
  const lost = document.inspect(craftUpdate([{ client: 2, text: 'lost by a failover' }]))
  if (lost.kind !== 'sound') throw new Error(lost.sentence)
  document.take(lost)
  const before = document.byteLength
  expect(await compactor.request('a', document)).toBe('given-up')
  expect(document.byteLength).toBe(before)
  expect((await store.load('a')).snapshot).toBeUndefined()
  isWhole = true
  expect(await compactor.request('a', document)).toBe('done')
})

test('HISTORY-12: who wrote what is kept when the log is folded, again and again', async () => {
  const { compactor, store, stored } = stage(
    (parts) => Promise.resolve(fold(parts)),
    (of) => Promise.resolve(packedAttribution(of)),
  )
  const document = await stored('a')
  for (const [place, id] of ['ada', 'bob'].entries()) {
    const batch = new Batch()
    const update = craftUpdate([{ client: place + 2, text: id }])
    batch.add('a', update, 0, undefined, { id, name: undefined })
    await store.append(batch)
    expect(await compactor.request('a', document)).toBe('done')
  }
  const folded = await store.load('a')
  expect(folded.log).toEqual([])
  const attribution = Attribution.of(folded)
  const authors = [1, 2, 3].map(
    (client) => attribution.find(attribution.inserts, client, 0)?.who.by?.id,
  )
  expect(authors).toEqual([undefined, 'ada', 'bob'])
})
