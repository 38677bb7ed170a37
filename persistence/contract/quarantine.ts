import type { Store, Stored } from '../store.ts'
import { batchOf, bytes, logOf, refusal } from './stage.ts'
import type { StoreStage } from './stage.ts'
import type { TestRunner } from './test-runner.ts'

const reason = 'It does not load.'

/** What every store does with bytes that are sound but of no use: rule STORE-14 of SPEC.md. */
export function quarantineContract(
  runner: TestRunner,
  name: string,
  create: () => Promise<StoreStage>,
): void {
  const { afterEach, beforeEach, describe, expect, test } = runner
  describe(`setting aside in ${name}`, () => {
    let stage: StoreStage
    let store: Store
    let sequences: readonly number[]
    let toThree: Stored
    let toFour: Stored

    beforeEach(async () => {
      stage = await create()
      store = stage.store
      await store.append(batchOf(['a', '1'], ['b', 'x'], ['a', '2']))
      await store.append(batchOf(['a', '3']))
      toThree = await store.load('a')
      await store.append(batchOf(['a', '4']))
      toFour = await store.load('a')
      sequences = toFour.log.map((entry) => entry.sequence)
    })
    afterEach(() => stage.dispose())

    /** The sequence of the entry at that place of `a`, as it was in the beginning. */
    const at = (place: number): number => sequences[place] ?? 0

    test('STORE-14: a row is set aside with all its updates, and nothing else is', async () => {
      expect(await store.quarantine('a', at(0), reason)).toBe(true)
      expect(await logOf(store, 'a')).toEqual(['3', '4'])
      expect(await logOf(store, 'b')).toEqual(['x'])
      expect((await store.load('b')).damage).toEqual([])
      expect(await store.list({ after: '0', limit: 1 })).toMatchObject([
        { document: 'a', snapshotBytes: 0, logBytes: 2, logRows: 2 },
      ])
    })

    test('STORE-14: what is set aside is named with its reason at every load', async () => {
      await store.quarantine('a', at(2), reason)
      await store.quarantine('a', at(0), 'Nor does this.')
      const named = [
        { document: 'a', entry: at(2), reason },
        { document: 'a', entry: at(0), reason: 'Nor does this.' },
      ]
      expect((await store.load('a')).damage).toEqual(named)
      store = await stage.reopen()
      expect(await store.compact('a', bytes('all'), await store.load('a'))).toBe(true)
      for (const time of [1, 2]) {
        const { snapshot, log, damage } = await store.load('a')
        expect({ time, snapshot, log, damage }).toEqual({
          time,
          snapshot: bytes('all'),
          log: [],
          damage: named,
        })
      }
    })

    test('STORE-14: a document of which all is set aside is there, and not empty', async () => {
      for (const sequence of new Set(sequences)) await store.quarantine('a', sequence, reason)
      const stored = await store.load('a')
      expect(stored).toMatchObject({ snapshot: undefined, log: [] })
      expect(stored.through.number).toBe(0)
      expect(stored.damage).toHaveLength(3)
      expect((await store.list({ limit: 1 })).map(({ document }) => document)).toEqual(['a'])
      await store.delete('a')
      expect(await store.purge('a', bytes(''))).toBe(true)
      expect((await store.load('a')).damage).toEqual([])
    })

    test('STORE-14: no row of that sequence and document: nothing changes', async () => {
      await store.quarantine('a', at(2), reason)
      const before = await store.load('a')
      const { through } = await store.load('b')
      for (const sequence of [0, at(2), through.number, at(3) + 1]) {
        expect(await store.quarantine('a', sequence, reason)).toBe(false)
      }
      expect(await store.quarantine('nobody', at(3), reason)).toBe(false)
      expect(await store.load('a')).toEqual(before)
      expect(await logOf(store, 'b')).toEqual(['x'])
      expect((await store.load('nobody')).damage).toEqual([])
    })

    test('STORE-14: a row that a snapshot covers is not set aside any more', async () => {
      await store.compact('a', bytes('to 3'), toThree)
      expect(await store.quarantine('a', at(2), reason)).toBe(false)
      expect(await store.load('a')).toMatchObject({ snapshot: bytes('to 3'), damage: [] })
    })

    test('STORE-21: the rows set aside come back as they were appended', async () => {
      await store.quarantine('a', at(2), reason)
      await store.quarantine('a', at(0), 'Nor does this.')
      const rows = [
        { sequence: at(2), reason, updates: [bytes('3')] },
        { sequence: at(0), reason: 'Nor does this.', updates: [bytes('1'), bytes('2')] },
      ]
      expect(await store.loadQuarantine('a')).toEqual(rows)
      store = await stage.reopen()
      expect(await store.loadQuarantine('a')).toEqual(rows)
      expect(await store.loadQuarantine('b')).toEqual([])
      expect(await store.loadQuarantine('nobody')).toEqual([])
    })

    test('STORE-21: a row that was set aside can be dropped, and is named no more', async () => {
      await store.quarantine('a', at(2), reason)
      await store.quarantine('a', at(0), reason)
      expect(await store.dropQuarantined('a', at(2))).toBe(true)
      expect(await store.dropQuarantined('a', at(2))).toBe(false)
      expect(await store.dropQuarantined('b', at(0))).toBe(false)
      expect((await store.load('a')).damage).toEqual([{ document: 'a', entry: at(0), reason }])
      expect((await store.loadQuarantine('a')).map(({ sequence }) => sequence)).toEqual([at(0)])
      expect(await logOf(store, 'a')).toEqual(['4'])
    })

    test('STORE-5: nothing is compacted through a row that was set aside', async () => {
      await store.quarantine('a', at(3), reason)
      expect(await store.compact('a', bytes('all'), toFour)).toBe(false)
      expect(await logOf(store, 'a')).toEqual(['1', '2', '3'])
    })

    test('STORE-4: an empty snapshot is a snapshot', async () => {
      expect(await store.compact('a', bytes(''), toFour)).toBe(true)
      store = await stage.reopen()
      expect(await store.load('a')).toMatchObject({
        snapshot: bytes(''),
        log: [],
        through: toFour.through,
        damage: [],
      })
    })

    test('STORE-2: the sequence of what was set aside does not come again', async () => {
      await store.quarantine('a', at(3), reason)
      store = await stage.reopen()
      await store.append(batchOf(['a', '5']))
      expect((await store.load('a')).through.number).toBeGreaterThan(at(3))
    })

    test('STORE-8, STORE-12: setting aside refuses bad names, and when closed', async () => {
      expect(await refusal(store.quarantine('', 1, reason))).toBe('name')
      await store.close()
      expect(await refusal(store.quarantine('a', at(0), reason))).toBe('closed')
    })
  })
}
