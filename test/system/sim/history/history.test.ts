import { expect, test } from 'bun:test'
import { runRound } from './round.ts'

test('HISTORY-15: random documents come back, go forth, and are what a diff tells', () => {
  let [versions, diffs] = [0, 0]
  for (let seed = 1; seed <= 6; seed++) {
    const round = runRound(seed * 6_151)
    expect({ seed, faults: round.faults }).toEqual({ seed, faults: [] })
    versions += round.versions
    diffs += round.diffs
  }
  expect(versions).toBeGreaterThan(20)
  expect(diffs).toBe(24)
}, 120_000)
