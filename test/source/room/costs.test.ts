import { describe, expect, test } from 'bun:test'
import { answers, asking } from '../../../bench/shapes/asking.ts'
import type { Shape } from '../../../bench/shapes/shape.ts'
import { typing, writing } from '../../../bench/shapes/writing.ts'
import { steps } from '../../../src/base/steps.ts'
import { openRoom } from '../../support/fakes/room.ts'

// What a message costs is guarded by the steps that the loops on its way take: a count says the
// same on every machine. `npm run costs` tells the same shapes in milliseconds.

/** Steps for each KB that is sent, in the second and third round of a shape. */
async function stepsPerKb(shape: Shape, size: number): Promise<number> {
  const room = openRoom()
  const round = shape.prepare(room, size)
  let bytes = 0
  let taken = 0
  for (let index = 0; index < 3; index++) {
    const sent = round(index)
    await room.clock.advance(60_000)
    steps.taken = 0
    for (const [from, message] of sent) {
      from.take(message)
      room.clock.turn()
      if (index > 0) bytes += message.length
    }
    if (index > 0) taken += steps.taken
  }
  return (taken * 1_024) / bytes
}

describe('what a message costs', () => {
  for (const shape of [typing, ...writing, ...asking]) {
    if (shape.charged === answers) continue
    test(`PERF-6: ${shape.name}: each byte costs the same, however many`, async () => {
      const small = await stepsPerKb(shape, 1 / 40)
      const large = await stepsPerKb(shape, 1 / 5)
      // Eight times as much: a step more for each doubling is a logarithm, twice is a product.
      expect(large).toBeLessThanOrEqual(1.3 * small + 20)
    })
  }
})
