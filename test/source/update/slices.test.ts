import { expect, test } from 'bun:test'
import { formatLimits } from '../../../src/update/fault.ts'
import { UpdateScan } from '../../../src/update/scan.ts'
import { Dice, makeHistory } from './histories.ts'

/** Everything that a scan tells. */
function found(scan: UpdateScan): unknown {
  if (scan.fault !== undefined) return scan.fault
  const list = <T>(count: number, item: (index: number) => T): T[] =>
    Array.from({ length: count }, (_, index) => item(index))
  return {
    runs: list(scan.runCount, (index) => ({ ...scan.run(index) })),
    deletes: list(scan.deleteCount, (index) => ({ ...scan.deleteRange(index) })),
    dependencies: list(scan.dependencyCount, (index) => ({ ...scan.dependency(index) })),
    rootNames: list(scan.rootNameCount, (index) => scan.rootName(index)),
    counts: [scan.structCount, scan.clientCount, scan.deletesFrom],
  }
}

test('UPDATE-7: read in slices of any size an update tells the same, sound or spoiled', () => {
  const whole = new UpdateScan()
  const sliced = new UpdateScan()
  for (let seed = 1; seed <= 25; seed++) {
    const dice = new Dice(seed)
    for (const [place, update] of makeHistory(dice, 20).updates.entries()) {
      const bytes = update.slice()
      if (dice.roll(3) === 0) bytes[dice.roll(bytes.length)] = dice.roll(256)
      whole.scan(bytes, formatLimits)
      sliced.begin(bytes, formatLimits)
      const size = 1 + dice.roll(40)
      let slices = 1
      while (!sliced.goOn(size)) slices++
      expect([seed, place, found(sliced)]).toEqual([seed, place, found(whole)])
      expect(slices).toBeLessThanOrEqual(bytes.length + 1)
    }
  }
})
