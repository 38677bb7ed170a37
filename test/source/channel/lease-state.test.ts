import { expect, test } from 'bun:test'
import { type Due, dueOf, leaseStateOf } from '../../../src/channel/lease-state.ts'

const limits = { token_wait_ms_max: 15_000 }
const start = 1_000_000

function dues(grant: { until?: number; askAgainAt?: number }, ...times: readonly number[]): Due[] {
  const state = leaseStateOf({ access: 'write', ...grant }, 'token', start)
  return times.map((time) => dueOf(state, start + time, limits))
}

test('AUTH-14: the client is asked 15 s before its access ends', () => {
  const seen = dues({ until: start + 60_000 }, 0, 44_999, 45_000, 59_999, 60_000)
  expect(seen).toEqual(['nothing', 'nothing', 'ask-client', 'ask-client', 'end'])
})

test('AUTH-14: of a short grant the client has half to itself', () => {
  expect(dues({ until: start + 10_000 }, 4_999, 5_000)).toEqual(['nothing', 'ask-client'])
})

test('AUTH-14: the client is asked once, and access without an end never ends', () => {
  const state = leaseStateOf({ access: 'write', until: start + 60_000 }, 'token', start)
  expect(dueOf({ ...state, clientAsked: true }, start + 50_000, limits)).toBe('nothing')
  expect(dues({}, 0, 1e12)).toEqual(['nothing', 'nothing'])
})

test('AUTH-15: the authority is asked when it wants to be, but not beyond the end', () => {
  const grant = { until: start + 100_000, askAgainAt: start + 50_000 }
  const seen = dues(grant, 49_999, 50_000, 99_999, 100_000)
  expect(seen).toEqual(['nothing', 'ask-authority', 'ask-authority', 'end'])
})
