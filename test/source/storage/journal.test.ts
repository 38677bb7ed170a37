import { expect, test } from 'bun:test'
import { recordHeaderBytes } from '../../../persistence/batch.ts'
import { defaultLimits } from '../../../src/base/limits/limits.ts'
import { createLog } from '../../../src/base/log.ts'
import { Metrics } from '../../../src/base/metrics.ts'
import { Journal } from '../../../src/storage/journal.ts'
import { FakeClock } from '../../support/fakes/clock.ts'
import { FaultyStore } from '../../support/fakes/store.ts'

function start(limits: Partial<typeof defaultLimits> = {}, store = new FaultyStore()) {
  const lines: string[] = []
  const clock = new FakeClock()
  const metrics = new Metrics()
  const journal = new Journal({
    store,
    clock,
    log: createLog((line) => lines.push(line)),
    metrics,
    limits: { ...defaultLimits, ...limits },
  })
  return { clock, lines, store, metrics, journal }
}

async function stored(store: FaultyStore, document: string): Promise<number[]> {
  const { log } = await store.load(document)
  return log.map((entry) => entry.bytes[0] ?? -1)
}

test('JOURNAL-1: updates of several documents reach the store in order', async () => {
  const { clock, store, journal } = start()
  for (let index = 0; index < 200; index++) {
    journal.append(index % 3 === 0 ? 'a' : 'b', Uint8Array.of(index))
    if (index % 17 === 0) await clock.advance(1)
  }
  await clock.advance(100)
  const all = Array.from({ length: 200 }, (_, index) => index)
  expect(await stored(store, 'a')).toEqual(all.filter((index) => index % 3 === 0))
  expect(await stored(store, 'b')).toEqual(all.filter((index) => index % 3 !== 0))
})

test('JOURNAL-2: a lone update is written in the turn after it, without a wait', async () => {
  const { clock, store, journal } = start()
  journal.append('a', Uint8Array.of(1))
  await clock.advance(0)
  expect(store.appends).toBe(1)
  expect(journal.pendingBytes).toBe(0)
})

test('JOURNAL-2: what comes while a batch is being written shares the next one', async () => {
  const { clock, store, metrics, journal } = start()
  store.hold()
  journal.append('a', Uint8Array.of(0))
  await clock.advance(0)
  for (let index = 1; index <= 50; index++) {
    journal.append('a', Uint8Array.of(index))
    await clock.advance(1)
  }
  expect(store.appends).toBe(1)
  store.release()
  await clock.advance(100)
  expect(metrics.commits).toBe(2)
  expect(await stored(store, 'a')).toHaveLength(51)
})

test('JOURNAL-3: a failed batch is tried again until the store takes it', async () => {
  const { clock, store, metrics, journal } = start({ store_retry_ms_min: 50 })
  store.failAppends = 3
  let written = false
  journal.append('a', Uint8Array.of(1))
  journal.afterAppended(() => {
    written = true
  })
  await clock.advance(0)
  expect(journal.trouble).toContain('the disk is full')
  await clock.advance(50)
  expect([metrics.commitFailures, written]).toEqual([2, false])
  await clock.advance(99)
  expect(metrics.commitFailures).toBe(2)
  await clock.advance(1)
  expect([metrics.commitFailures, written]).toEqual([3, false])
  journal.append('a', Uint8Array.of(2))
  await clock.advance(200)
  expect(written).toBe(true)
  expect(journal.trouble).toBeUndefined()
  await clock.advance(100)
  expect(await stored(store, 'a')).toEqual([1, 2])
})

test('JOURNAL-3: nothing is called written before the store has taken it', async () => {
  const { clock, store, journal } = start()
  store.hold()
  const heard: string[] = []
  journal.append('a', Uint8Array.of(1))
  journal.afterAppended(() => heard.push('first'))
  await clock.advance(10)
  journal.append('a', Uint8Array.of(2))
  journal.afterAppended(() => heard.push('second'))
  await clock.advance(10)
  expect(heard).toEqual([])
  store.release()
  await clock.advance(10)
  expect(heard).toEqual(['first', 'second'])
  journal.afterAppended(() => heard.push('third'))
  expect(heard).toEqual(['first', 'second', 'third'])
})

test('JOURNAL-4: the bytes that wait are bounded', async () => {
  const { clock, store, journal } = start({ journal_bytes_max: 1_000 })
  store.hold()
  let taken = 0
  while (journal.hasRoom(100)) {
    journal.append('a', new Uint8Array(100))
    taken++
    await clock.advance(1)
  }
  expect(taken).toBe(Math.floor(1_000 / (100 + recordHeaderBytes)))
  expect(journal.pendingBytes).toBeLessThanOrEqual(1_000)
  store.release()
  await clock.advance(100)
  expect(journal.hasRoom(100)).toBe(true)
})

test('JOURNAL-4: an update that would pass the bound with what goes with it has no room', () => {
  const { journal } = start({ journal_bytes_max: 1_000 })
  journal.append('a', new Uint8Array(500))
  const left = 1_000 - journal.pendingBytes
  expect(journal.hasRoom(left)).toBe(false)
  expect(journal.hasRoom(left - recordHeaderBytes)).toBe(true)
})

test('JOURNAL-4: an update of any size has room when nothing waits', async () => {
  const { clock, journal } = start({ journal_bytes_max: 1_000 })
  expect(journal.hasRoom(5_000)).toBe(true)
  journal.append('a', new Uint8Array(5_000))
  expect(journal.hasRoom(1)).toBe(false)
  await clock.advance(100)
  expect(journal.hasRoom(5_000)).toBe(true)
})

test('JOURNAL-5: trouble stays while a refused batch is being tried again', async () => {
  const { clock, store, journal } = start({ store_retry_ms_min: 50 })
  store.failAppends = 1
  journal.append('a', Uint8Array.of(1))
  await clock.advance(0)
  store.hold()
  await clock.advance(60)
  expect(store.appends).toBe(2)
  expect(journal.trouble).toContain('the disk is full')
  store.release()
  await clock.advance(1)
  expect(journal.trouble).toBeUndefined()
})

test('JOURNAL-5: a store that does not answer in time is trouble, and told once', async () => {
  const { clock, lines, store, journal } = start({ store_silence_ms_max: 3_000 })
  store.hold()
  journal.append('a', Uint8Array.of(1))
  await clock.advance(2_999)
  expect(journal.trouble).toBeUndefined()
  await clock.advance(1_000_000)
  expect(journal.trouble).toContain('no write for more than 3 s')
  expect(lines).toHaveLength(1)
  expect(lines[0]).toContain('store-silent')
  expect(lines[0]).toContain('pendingUpdates=1')
  store.release()
  await clock.advance(1)
  expect(journal.trouble).toBeUndefined()
  expect(lines[1]).toContain('store-back')
  journal.append('a', Uint8Array.of(2))
  await clock.advance(1_000_000)
  expect(lines).toHaveLength(2)
})

test('JOURNAL-6: a listener that throws does not keep the others from hearing', async () => {
  const { clock, lines, store, journal } = start()
  const heard: string[] = []
  journal.append('a', Uint8Array.of(1))
  journal.afterAppended(() => heard.push('before'))
  journal.afterAppended(() => {
    throw new Error('a bug, by the test')
  })
  journal.afterAppended(() => heard.push('behind'))
  await clock.advance(1)
  expect(heard).toEqual(['before', 'behind'])
  expect(lines[0]).toStartWith('error journal-listener-failed reason="a bug, by the test"')
  journal.append('a', Uint8Array.of(2))
  await clock.advance(100)
  expect(await stored(store, 'a')).toEqual([1, 2])
})

test('JOURNAL-7: a store that was away for an hour has all that waited soon after', async () => {
  const { clock, store, metrics, journal } = start()
  store.failAppends = Number.POSITIVE_INFINITY
  journal.append('a', Uint8Array.of(1))
  await clock.advance(3_600_000)
  expect(metrics.commitFailures).toBeLessThan(3_610)
  store.failAppends = 0
  await clock.advance(1_000)
  expect(await stored(store, 'a')).toEqual([1])
})

test('JOURNAL-7: what waits is tried at once when the store has answered somebody', async () => {
  let answered = (): void => undefined
  const store = Object.assign(new FaultyStore(), {
    onRenewed: (listen: () => void): void => {
      answered = listen
    },
  })
  const { clock, journal } = start({ store_retry_ms_max: 60_000 }, store)
  answered()
  store.failAppends = 9
  journal.append('a', Uint8Array.of(1))
  await clock.advance(15_000)
  expect([store.appends, store.failAppends]).toEqual([9, 0])
  answered()
  answered()
  await clock.advance(0)
  expect([store.appends, await stored(store, 'a')]).toEqual([10, [1]])
  await clock.advance(60_000)
  expect(store.appends).toBe(10)
})

test('MEMORY-3: what waits for a slow store waits in bounded batches, in order', async () => {
  const { clock, store, metrics, journal } = start()
  const sizes: number[] = []
  const append = store.append.bind(store)
  store.append = (batch) => {
    sizes.push(batch.byteLength)
    return append(batch)
  }
  store.hold()
  const confirmed: number[] = []
  for (let index = 0; index < 40; index++) {
    journal.append('a', new Uint8Array(1_000_000).fill(index))
    journal.afterAppended(() => confirmed.push(index))
    await clock.advance(1)
  }
  expect(journal.pendingBytes).toBeGreaterThan(40_000_000)
  store.release()
  await clock.advance(1_000)
  expect(metrics.commits).toBe(sizes.length)
  expect(Math.max(...sizes)).toBeLessThanOrEqual(4 * 1024 * 1024)
  expect(await stored(store, 'a')).toEqual(Array.from({ length: 40 }, (_, index) => index))
  expect(confirmed).toEqual(Array.from({ length: 40 }, (_, index) => index))
  expect(journal.pendingBytes).toBe(0)
  journal.append('a', new Uint8Array(5_000_000))
  await clock.advance(100)
  expect(sizes.at(-1)).toBeGreaterThan(5_000_000)
})

test('MEMORY-6: what goes to the store lies in as few buffers as wait at once', async () => {
  const { clock, store, journal } = start()
  const buffers = new Set<ArrayBufferLike>()
  const append = store.append.bind(store)
  store.append = (batch) => {
    buffers.add(batch.records.buffer)
    return append(batch)
  }
  const batchBytes = 4 * 1024 * 1024
  for (let round = 0; round < 5; round++) {
    store.hold()
    for (let index = 0; index < 200; index++) {
      journal.append('a', new Uint8Array(100_000))
      await clock.advance(1)
    }
    expect(journal.bufferBytes).toBeLessThanOrEqual(6 * batchBytes)
    store.release()
    await clock.advance(1_000)
    journal.letGo()
  }
  // Of 25 batches; one that was small at first has grown into another buffer.
  expect(buffers.size).toBeLessThanOrEqual(8)
  journal.letGo()
  journal.letGo()
  expect(journal.bufferBytes).toBeLessThanOrEqual(batchBytes)
})
