import { expect, test } from 'bun:test'
import fc from 'fast-check'
import { UpdateTail } from '../../../src/document/update-tail.ts'

const sizes = fc.oneof(fc.nat(40), fc.constantFrom(1_024, 300_000, 1_048_576, 2_500_000))
const step = fc.oneof(
  { weight: 5, arbitrary: fc.record({ add: sizes }) },
  { weight: 1, arbitrary: fc.record({ drop: fc.nat(30) }) },
)

test('MEMORY-1: the updates since a snapshot come back as they were, from any position', () => {
  const check = (steps: readonly ({ add: number } | { drop: number })[]): void => {
    const tail = new UpdateTail()
    const all: Uint8Array[] = []
    let start = 0
    for (const [index, each] of steps.entries()) {
      if ('add' in each) {
        const bytes = new Uint8Array(each.add + 1).fill(index)
        all.push(bytes.subarray(1))
        tail.add(bytes, 1)
      } else {
        start = Math.min(all.length, start + each.drop)
        tail.dropBefore(start)
      }
      const kept = all.slice(start)
      expect(tail.position).toBe(all.length)
      expect(tail.count).toBe(kept.length)
      expect(tail.byteLength).toBe(kept.reduce((sum, { length }) => sum + length, 0))
    }
    for (const position of [start, start + 1, all.length]) {
      if (position > all.length) continue
      const got = tail.since(position) ?? []
      expect(
        Bun.deepEquals(
          got.map((one) => Buffer.from(one)),
          all.slice(position).map((one) => Buffer.from(one)),
        ),
      ).toBe(true)
    }
    if (start > 0) expect(tail.since(start - 1)).toBeUndefined()
  }
  fc.assert(fc.property(fc.array(step, { maxLength: 60 }), check), { numRuns: 60 })
}, 60_000)

test('MEMORY-1: a long tail is never copied as a whole to make room', () => {
  const tail = new UpdateTail()
  for (let index = 0; index < 64; index++) tail.add(new Uint8Array(1_000_000))
  const buffers = new Set(tail.all().map(({ buffer }) => buffer))
  const kept = [...buffers].reduce((sum, { byteLength }) => sum + byteLength, 0)
  expect(kept).toBeLessThan(64_000_000 * 1.1)
  const first = tail.all()[0]?.buffer
  tail.add(new Uint8Array(1_000_000))
  expect(tail.all()[0]?.buffer).toBe(first as ArrayBuffer)
})
