import { type Author, Batch } from '../batch.ts'
import type { Appended, Position, Store } from '../store.ts'
import { batchOf, bytes, logOf, refusal } from './stage.ts'
import type { StoreStage } from './stage.ts'
import type { TestRunner } from './test-runner.ts'

const start: Position = { number: 0, tag: 0 }

/** One batch of one update, for an epoch and by an author. */
function batchFor(document: string, update: string, epoch?: number, by?: Author): Batch {
  const batch = new Batch()
  batch.add(document, bytes(update), 0, epoch, by)
  return batch
}

function positionOf(appended: Appended | undefined): Position {
  if (appended?.kind !== 'stored') {
    throw new Error(`The store did not take the update: ${JSON.stringify(appended)}.`)
  }
  return appended.position
}

/** Positions, lives, times and authors: the rules STORE-15 to STORE-20, on one implementation. */
export function livesContract(
  runner: TestRunner,
  name: string,
  create: () => Promise<StoreStage>,
): void {
  const { afterEach, beforeEach, describe, expect, test } = runner
  describe(`lives in ${name}`, () => {
    let stage: StoreStage
    let store: Store

    const append = async (...batch: Parameters<typeof batchFor>): Promise<Position> =>
      positionOf((await store.append(batchFor(...batch)))[0])

    beforeEach(async () => {
      stage = await create()
      store = stage.store
    })
    afterEach(() => stage.dispose())

    test('STORE-6: a deleted document is listed as such and keeps its content', async () => {
      await store.append(batchOf(['a', '1'], ['b', 'x']))
      expect(await store.delete('a')).toBe(true)
      expect(await store.delete('a')).toBe(false)
      expect(await store.delete('nobody')).toBe(false)
      store = await stage.reopen()
      expect((await store.list({ limit: 9 })).map(({ document }) => document)).toEqual(['b'])
      const [listed, ...more] = await store.list({ deleted: true, limit: 9 })
      expect(more).toEqual([])
      expect(listed?.document).toBe('a')
      expect(listed?.deleted).toBeGreaterThanOrEqual(listed?.created ?? Infinity)
      expect(await store.load('a')).toMatchObject({ exists: true, deleted: listed?.deleted })
      expect(await logOf(store, 'a')).toEqual(['1'])
    })

    test('STORE-6: nothing is appended to a deleted document, the rest is', async () => {
      await store.append(batchOf(['a', '1']))
      await store.delete('a')
      const appended = await store.append(batchOf(['a', '2'], ['b', 'x']))
      expect(appended.map(({ kind }) => kind)).toEqual(['refused', 'stored'])
      expect(await logOf(store, 'a')).toEqual(['1'])
      expect(await logOf(store, 'b')).toEqual(['x'])
    })

    test('STORE-6: a document that is brought back is as it was, in the same life', async () => {
      await store.append(batchOf(['a', '1']))
      const before = await store.load('a')
      await store.delete('a')
      expect(await store.undelete('a')).toBe(true)
      expect(await store.undelete('a')).toBe(false)
      store = await stage.reopen()
      const after = await store.load('a')
      expect(after).toEqual({ ...before, epoch: after.epoch })
      expect(after.epoch).toBeGreaterThan(before.epoch)
      await append('a', '2', after.epoch)
      expect(await logOf(store, 'a')).toEqual(['1', '2'])
    })

    test('STORE-6: purging leaves nothing, and begins a new life', async () => {
      await store.append(batchOf(['a', '1']))
      await store.compact('a', bytes('one'), await store.load('a'), bytes('who'))
      await store.append(batchOf(['a', '2']))
      const before = await store.load('a')
      expect(await store.purge('a', bytes('dead'))).toBe(false)
      await store.delete('a')
      expect(await store.purge('a', bytes('dead'))).toBe(true)
      expect(await store.purge('a', bytes('dead'))).toBe(false)
      expect(await store.undelete('a')).toBe(false)
      store = await stage.reopen()
      const after = await store.load('a')
      expect(after).toMatchObject({
        exists: false,
        deleted: undefined,
        dead: bytes('dead'),
        snapshot: undefined,
        attribution: undefined,
        log: [],
        damage: [],
      })
      expect(after.epoch).toBeGreaterThan(before.epoch)
      expect(after.incarnation).not.toBe(before.incarnation)
      expect(await store.list({ limit: 9 })).toEqual([])
      expect(await store.list({ deleted: true, limit: 9 })).toEqual([])
      const position = await append('a', 'new', after.epoch)
      expect(position.number).toBeGreaterThan(before.position.number)
      expect(await store.load('a')).toMatchObject({
        exists: true,
        incarnation: after.incarnation,
        dead: bytes('dead'),
      })
    })

    test('STORE-15: what is late for its epoch is refused: appends and compactions', async () => {
      await store.append(batchOf(['a', '1']))
      const early = await store.load('a')
      await store.delete('a')
      await store.undelete('a')
      expect(await store.append(batchFor('a', 'late', early.epoch))).toEqual([{ kind: 'refused' }])
      expect(await store.compact('a', bytes('late'), early)).toBe(false)
      await store.delete('a')
      await store.purge('a', bytes(''))
      expect(await store.append(batchFor('a', 'late', early.epoch))).toEqual([{ kind: 'refused' }])
      expect(await store.append(batchFor('never', 'late', 7))).toEqual([{ kind: 'refused' }])
      expect(await logOf(store, 'a')).toEqual([])
      expect((await store.load('never')).exists).toBe(false)
    })

    test('STORE-16: an append tells where the log stands and stood', async () => {
      const [a1, b1] = await store.append(batchOf(['a', '1'], ['b', 'x'], ['a', '2']))
      expect(a1).toMatchObject({ previous: start })
      expect(b1).toMatchObject({ previous: start })
      const [a2] = await store.append(batchOf(['a', '3']))
      expect(a2).toMatchObject({ previous: positionOf(a1) })
      expect(positionOf(a2).number).toBeGreaterThan(positionOf(a1).number)
      const loaded = await store.load('a')
      expect(loaded).toMatchObject({ position: positionOf(a2), through: positionOf(a2) })
      store = await stage.reopen()
      await store.compact('a', bytes('three'), loaded)
      expect(await store.load('a')).toMatchObject({ position: positionOf(a2) })
      const [a3] = await store.append(batchOf(['a', '4']))
      expect(a3).toMatchObject({ previous: positionOf(a2) })
    })

    test('STORE-17: the rows after a position, or that they cannot be told', async () => {
      const none = await store.since('a', { epoch: 1, position: start })
      expect(none).toEqual({ kind: 'rows', epoch: 1, rows: [] })
      await append('a', '1')
      const first = await store.load('a')
      const second = await append('a', '2')
      const third = await append('a', '3')
      const after = { kind: 'rows', epoch: 1 } as const
      expect(await store.since('a', first)).toEqual({
        ...after,
        rows: [
          { position: second, updates: [bytes('2')] },
          { position: third, updates: [bytes('3')] },
        ],
      })
      expect(await store.since('a', { epoch: 1, position: third })).toEqual({
        ...after,
        rows: [],
      })
      const wrongTag = { ...second, tag: second.tag + 1 }
      expect(await store.since('a', { epoch: 1, position: wrongTag })).toMatchObject({
        kind: 'unknown',
      })
      await store.compact('a', bytes('all'), await store.load('a'))
      expect(await store.since('a', first)).toMatchObject({ kind: 'unknown' })
      expect(await store.since('a', { epoch: 1, position: start })).toMatchObject({
        kind: 'unknown',
      })
      expect(await store.since('a', { epoch: 1, position: third })).toEqual({
        ...after,
        rows: [],
      })
      await store.delete('a')
      expect(await store.since('a', { epoch: 1, position: third })).toEqual({
        kind: 'unknown',
        epoch: 2,
        deleted: true,
      })
    })

    test('STORE-17: heads tell only of those that stand elsewhere than is believed', async () => {
      await store.append(batchOf(['a', '1'], ['b', 'x']))
      const [a, b] = [await store.load('a'), await store.load('b')]
      await append('b', 'y')
      const believed = [
        { document: 'a', epoch: a.epoch, position: a.position },
        { document: 'b', epoch: b.epoch, position: b.position },
        { document: 'nobody', epoch: 1, position: start },
      ]
      const { epoch, position } = await store.load('b')
      expect(await store.heads(believed)).toEqual([{ document: 'b', epoch, position }])
      await store.delete('a')
      expect((await store.heads(believed)).map(({ document }) => document)).toEqual(['a', 'b'])
    })

    test('STORE-18: times and authors come back with their updates', async () => {
      const ada: Author = { id: 'ada', name: 'Ada' }
      const bob: Author = { id: 'bob', name: undefined }
      const batch = new Batch()
      for (const by of [ada, undefined, bob, ada]) batch.add('a', bytes('x'), 0, undefined, by)
      batch.add('b', bytes('y'))
      const before = Date.now()
      await store.append(batch)
      await append('a', 'z', undefined, { id: 'ada', name: 'Ada L.' })
      store = await stage.reopen()
      const { log } = await store.load('a')
      const renamed = { id: 'ada', name: 'Ada L.' }
      expect(log.map(({ by }) => by)).toEqual([ada, undefined, bob, ada, renamed])
      for (const { time } of log) {
        expect(time).toBeGreaterThanOrEqual(before)
        expect(time).toBeLessThanOrEqual(Date.now())
      }
      expect((await store.load('b')).log[0]?.by).toBeUndefined()
      const [summary] = await store.list({ limit: 1 })
      expect(summary).toMatchObject({ created: log[0]?.time, changed: log.at(-1)?.time })
      await store.compact('a', bytes('all'), await store.load('a'))
      expect(await store.list({ limit: 1 })).toMatchObject([{ changed: log.at(-1)?.time }])
    })

    test('STORE-18: who wrote a snapshot is kept beside it', async () => {
      await append('a', '1')
      await store.compact('a', bytes('one'), await store.load('a'), bytes('by ada'))
      store = await stage.reopen()
      expect((await store.load('a')).attribution).toEqual(bytes('by ada'))
    })

    test('STORE-19: an empty document can be made, once', async () => {
      expect(await store.create('a')).toBe(true)
      expect(await store.create('a')).toBe(false)
      store = await stage.reopen()
      expect(await store.load('a')).toMatchObject({ exists: true, epoch: 1, log: [] })
      expect(await store.list({ limit: 9 })).toMatchObject([{ document: 'a', logRows: 0 }])
      await append('a', '1', 1)
      await store.delete('a')
      expect(await store.create('a')).toBe(false)
      await store.purge('a', bytes(''))
      expect(await store.create('a')).toBe(true)
      expect((await store.load('a')).epoch).toBeGreaterThan(1)
    })

    test('STORE-19: one beside another is made only while that is there', async () => {
      expect(await store.create('a::b', 'a')).toBe(false)
      await store.create('a')
      expect(await store.create('a::b', 'a')).toBe(true)
      expect(await store.create('a::b', 'a')).toBe(false)
      await store.delete('a')
      expect(await store.create('a::c', 'a')).toBe(false)
      await store.purge('a', bytes(''))
      expect(await store.create('a::c', 'a')).toBe(false)
      expect((await store.list({ limit: 9 })).map(({ document }) => document)).toEqual(['a::b'])
    })

    test('STORE-20: a life has a name of its own, known before its first write', async () => {
      const unwritten = await store.load('a')
      await append('a', '1')
      store = await stage.reopen()
      expect((await store.load('a')).incarnation).toBe(unwritten.incarnation)
      expect((await store.load('b')).incarnation).not.toBe(unwritten.incarnation)
    })

    test('STORE-9: a listing can be of the names that begin alike', async () => {
      await store.append(batchOf(['a/1', 'x'], ['a/2', 'x'], ['ab', 'x'], ['a%', 'x'], ['b', 'x']))
      const names = async (prefix: string): Promise<readonly string[]> =>
        (await store.list({ prefix, limit: 9 })).map(({ document }) => document)
      expect(await names('a/')).toEqual(['a/1', 'a/2'])
      expect(await names('a%')).toEqual(['a%'])
      expect(await names('')).toHaveLength(5)
      await store.append(batchOf(['a/\u{10ffff}z', 'x'], ['a/', 'x'], ['a0', 'x']))
      expect(await names('a/')).toEqual(['a/', 'a/1', 'a/2', 'a/\u{10ffff}z'])
      const page = await store.list({ prefix: 'a/', after: 'a/1', limit: 9 })
      expect(page.map(({ document }) => document)).toEqual(['a/2', 'a/\u{10ffff}z'])
    })

    test('STORE-8, STORE-12: all of it refuses bad names, and when closed', async () => {
      const asked = (document: string): readonly (() => Promise<unknown>)[] => [
        () => store.since(document, { epoch: 1, position: start }),
        () => store.heads([{ document, epoch: 1, position: start }]),
        () => store.create(document),
        () => store.undelete(document),
        () => store.purge(document, bytes('')),
      ]
      for (const ask of asked('')) expect(await refusal(ask())).toBe('name')
      await store.close()
      for (const ask of asked('a')) expect(await refusal(ask())).toBe('closed')
    })
  })
}
