import { afterEach, beforeEach, expect, test } from 'bun:test'
import type { Authority } from '../../../src/auth/authority.ts'
import { createWebhookAuthority } from '../../../src/auth/webhook.ts'
import { FakeClock } from '../../support/fakes/clock.ts'
import { until } from '../../support/harness/wait.ts'
import { Endpoint } from './endpoint.ts'
import { ask, nowhere, outcome, wallNow } from './keys.ts'

let endpoint: Endpoint
let clock: FakeClock

beforeEach(() => {
  endpoint = new Endpoint()
  clock = new FakeClock()
})
afterEach(() => endpoint.stop())

function authority(share = 8): Authority {
  const limits = {
    authWebhookMsMax: 5_000,
    authWebhookRequestsMax: 8,
    authWebhookAddressRequestsMax: share,
    authWebhookEntriesMax: 3,
  }
  return createWebhookAuthority({ url: endpoint.url, clock, wallClock: () => wallNow, limits })
}

test('AUTH-23: a network address has its share of the questions, others have theirs', async () => {
  endpoint.answer = () => new Promise(() => undefined)
  const decider = authority(2)
  const from = (network: string, token: string): Promise<string> =>
    outcome(ask(decider, token, { ...nowhere, network }))
  const first = [from('192.0.2.7', '1'), from('192.0.2.7', '2')]
  await until('two were asked', () => endpoint.asked.length === 2)
  expect(await from('192.0.2.7', '3')).toContain('asked too much')
  const second = from('192.0.2.8', '3')
  await until('another address was asked for', () => endpoint.asked.length === 3)
  await clock.advance(5_000)
  await Promise.all([...first, second])
  endpoint.answer = () => Response.json({ access: 'read' })
  expect(await from('192.0.2.7', '3')).toBe('read')
})

test('AUTH-23: however many come, a part is left for those who are inside', async () => {
  endpoint.answer = () => new Promise(() => undefined)
  const decider = authority()
  const coming = Array.from({ length: 8 }, (_, index) => outcome(ask(decider, `new ${index}`)))
  expect((await Promise.all(coming.slice(6))).join()).toContain('asked too much')
  const inside = [1, 2, 3].map((index) =>
    outcome(ask(decider, `old ${index}`, { ...nowhere, inside: true })),
  )
  expect(await inside[2]).toContain('asked too much')
  await until('two of them are asked about', () => endpoint.asked.length === 8)
  await clock.advance(5_000)
  await Promise.all([...coming, ...inside])
})

test('AUTH-23: those inside go first where one of them was turned away', async () => {
  endpoint.answer = () => new Promise(() => undefined)
  const decider = authority()
  const some = Array.from({ length: 8 }, (_, index) =>
    outcome(ask(decider, `old ${index}`, { ...nowhere, inside: true })),
  )
  await until('all slots are taken', () => endpoint.asked.length === 8)
  await clock.advance(4_000)
  expect(await outcome(ask(decider, 'late', { ...nowhere, inside: true }))).toContain('too much')
  await clock.advance(1_000)
  await Promise.all(some)
  endpoint.answer = () => Response.json({ access: 'read' })
  expect(await outcome(ask(decider, 'new'))).toContain('asked too much')
  expect(await outcome(ask(decider, 'late', { ...nowhere, inside: true }))).toBe('read')
  await clock.advance(3_000)
  expect(await outcome(ask(decider, 'new'))).toBe('read')
})
