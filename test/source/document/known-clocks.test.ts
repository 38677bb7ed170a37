import { expect, test } from 'bun:test'
import { KnownClocks } from '../../../src/document/known-clocks.ts'
import { readStateVector } from '../../../src/update/clocks/vector.ts'
import { Dice } from '../update/histories.ts'

/** Clocks of one client behind the first that is missing: runs of them, and where the last ends. */
function beyondGap(clocks: Uint8Array, first: number): { gaps: number; end: number } {
  let gaps = 0
  for (let clock = first; clock < clocks.length; clock++) {
    if (clocks[clock] === 1 && clocks[clock - 1] !== 1) gaps++
  }
  return { gaps, end: clocks.lastIndexOf(1) + 1 }
}

test('LIMIT-8: clocks that come in any order are told by a plain list of them', () => {
  for (let seed = 1; seed <= 20; seed++) {
    const dice = new Dice(seed)
    const known = new KnownClocks()
    const clocks = new Uint8Array(3_000)
    for (let round = 0; round < 1_500; round++) {
      const length = 1 + dice.roll(4)
      const from = dice.roll(clocks.length - length)
      clocks.fill(1, from, from + length)
      known.add(7, from, from + length)
      const missing = clocks.indexOf(0)
      const clock = missing < 0 ? clocks.length : missing
      const { gaps, end } = beyondGap(clocks, clock)
      const told = [known.clockOf(7), known.gaps, known.endOf(7)]
      expect([seed, round, ...told]).toEqual([seed, round, clock, gaps, end])
      const [at, most] = [dice.roll(clocks.length - 5), 1 + dice.roll(4)]
      expect(known.covers(7, at, at + most)).toBe(!clocks.subarray(at, at + most).includes(0))
      if (round % 100 > 0) continue
      const expected = new Map(clock > 0 ? [[7, clock]] : [])
      expect(readStateVector(known.write(), 10)).toEqual({ kind: 'vector', clocks: expected })
    }
  }
})
