import { firstPlace, type Revocations, type StoredRevocation } from '../revocations.ts'
import type { Store } from '../store.ts'
import type { StoreStage } from './stage.ts'
import type { TestRunner } from './test-runner.ts'

const kept = { count: 100, ms: 60_000 }

/** What was said just now. */
function said(document: string | undefined, id: string | undefined, ago = 0): StoredRevocation {
  return { document, id, at: Date.now() - ago }
}

/** Access that was taken back: STORE-44 to STORE-46 and STORE-48, on a store that keeps it. */
export function revocationsContract(
  runner: TestRunner,
  name: string,
  create: () => Promise<StoreStage>,
): void {
  const { afterEach, beforeEach, describe, expect, test } = runner
  describe(`revocations in ${name}`, () => {
    let stage: StoreStage
    let revocations: Revocations

    const open = ({ revocations: found }: Store): void => {
      if (found === undefined) throw new Error('The store keeps no revocations.')
      revocations = found
    }
    const all = async (): Promise<readonly StoredRevocation[]> =>
      (await revocations.since(firstPlace)).revocations
    beforeEach(async () => {
      stage = await create()
      open(stage.store)
    })
    afterEach(() => stage.dispose())

    test(`STORE-44: ${name}: revocations come back in their order, also later`, async () => {
      const [everybody, one] = [said(undefined, undefined), said('a\0b', 'ana')]
      const [anywhere, none] = [said(undefined, ''), said('c', undefined)]
      expect(await all()).toEqual([])
      for (const what of [everybody, one, anywhere, none]) await revocations.add(what, kept)
      open(await stage.reopen())
      const told = await revocations.since(firstPlace)
      expect(told.revocations).toEqual([everybody, one, anywhere, none])
      expect(await revocations.since(told.place)).toEqual({ place: told.place, revocations: [] })
      const later = said('d', 'ben')
      await revocations.add(later, kept)
      expect((await revocations.since(told.place)).revocations).toEqual([later])
    })

    test(`STORE-45: ${name}: the same again takes the place of the first`, async () => {
      await revocations.add(said('a', 'ana', 2_000), kept)
      const { place } = await revocations.since(firstPlace)
      const [other, again] = [said('b', 'ana'), said('a', 'ana')]
      await revocations.add(other, kept)
      await revocations.add(again, kept)
      expect(await all()).toEqual([other, again])
      const { revocations: later } = await revocations.since(place)
      expect(later).toEqual([other, again])
    })

    test(`STORE-48: ${name}: the same again is later, whatever clock it is by`, async () => {
      const first = said('a', 'ana')
      await revocations.add(first, kept)
      await revocations.add({ ...first, at: first.at - 30_000 }, kept)
      expect(await all()).toEqual([{ ...first, at: first.at + 1 }])
    })

    test(`STORE-45: ${name}: to a place that is not known all are told`, async () => {
      const [one, two] = [said('a', undefined), said('b', undefined)]
      for (const what of [one, two]) await revocations.add(what, kept)
      const { place } = await revocations.since(firstPlace)
      const strange = [
        { ...place, tag: place.tag + 1 },
        { ...place, number: place.number + 7 },
      ]
      for (const unknown of strange) {
        expect((await revocations.since(unknown)).revocations).toEqual([one, two])
      }
    })

    test(`STORE-46: ${name}: the newest revocations are kept, and for so long`, async () => {
      const few = { ...kept, count: 2 }
      for (const document of ['a', 'b', 'c', 'd']) await revocations.add(said(document, 'x'), few)
      expect((await all()).map(({ document }) => document)).toEqual(['c', 'd'])
      await revocations.add(said('old', 'x', 120_000), kept)
      expect((await all()).map(({ document }) => document)).toEqual(['c', 'd'])
    })
  })
}
