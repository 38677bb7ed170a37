import { expect, test } from 'bun:test'
import { logEvents } from '../../../src/base/log-events.ts'
import { calmLog, createLog } from '../../../src/base/log.ts'
import { TokenBucket } from '../../../src/base/token-bucket.ts'
import { FakeClock } from '../../support/fakes/clock.ts'

test('LIMIT-2: an allowance comes back with time, and can be overdrawn once', () => {
  const bucket = new TokenBucket(10, 20, 0)
  expect([bucket.spend(20), bucket.spend(1)]).toEqual([true, false])
  bucket.refill(200)
  expect([bucket.spend(1), bucket.spend(1)]).toEqual([true, false])
  bucket.refill(60_000)
  expect(bucket.full).toBe(true)
  expect([bucket.borrow(1_000), bucket.borrow(1)]).toEqual([true, false])
  bucket.refill(60_000 + 97_000)
  expect(bucket.borrow(1)).toBe(false)
  bucket.refill(60_000 + 99_000)
  expect(bucket.borrow(1)).toBe(true)
})

test('LIMIT-10: refusals do not flood the log; what is left out is counted', async () => {
  const clock = new FakeClock()
  const lines: string[] = []
  const log = calmLog(
    createLog((line) => lines.push(line)),
    2,
    clock,
  )
  for (let count = 0; count < 50; count++) log.warn('refused', { count })
  expect(lines).toHaveLength(20)
  await clock.advance(1_000)
  log.error('room-failed')
  expect(lines.slice(20)).toEqual([
    `warn lines-left-out count=30 message="${logEvents['lines-left-out']}"`,
    `error room-failed message="${logEvents['room-failed']}"`,
  ])
})
