import { expect, test } from 'bun:test'
import { createMemoryStore } from '../../../persistence/memory/store.ts'
import type { EventPage, EventsAfter, Outbox } from '../../../persistence/outbox.ts'
import { systemChance } from '../../../src/base/chance.ts'
import { type Clock, systemClock } from '../../../src/base/clock.ts'
import { limitsWith } from '../../../src/base/limits/limits.ts'
import { createLog } from '../../../src/base/log.ts'
import { Metrics } from '../../../src/base/metrics.ts'
import { Pulse } from '../../../src/events/pulse.ts'
import { Webhooks } from '../../../src/events/webhooks/webhooks.ts'
import { until } from '../../support/harness/wait.ts'
import { startReceiver } from './receiver.ts'

/** A clock on which a minute passes in a second and a bit. */
const quick: Clock = {
  now: () => performance.now() * 50,
  after: (ms, task) => systemClock.after(ms / 50, task),
  every: (ms, task) => systemClock.every(ms / 50, task),
  soon: systemClock.soon,
}

/** An outbox with which a test may do as it likes. */
function outboxWith(changes: Partial<Outbox>, store = createMemoryStore()) {
  const { outbox } = store
  if (outbox === undefined) throw new Error('The store keeps no events.')
  const whole: Outbox = {
    after: (page) => outbox.after(page),
    newest: () => outbox.newest(),
    tellChanged: (documents) => outbox.tellChanged(documents),
    changed: () => outbox.changed(),
    webhooks: () => outbox.webhooks(),
    putWebhook: (webhook) => outbox.putWebhook(webhook),
    dropWebhook: (id) => outbox.dropWebhook(id),
    deliveries: (webhook) => outbox.deliveries(webhook),
    progress: (progress) => outbox.progress(progress),
    ...changes,
  }
  return { outbox: whole, store }
}

/** The webhooks of one server on an outbox, and what its log says. */
function serverOn(outbox: Outbox) {
  const lines: string[] = []
  const parts = {
    outbox,
    clock: quick,
    wallClock: () => Date.now(),
    chance: systemChance,
    metrics: new Metrics(),
    log: createLog((line) => lines.push(line)),
    allowPrivate: true,
    resolve: async () => ['127.0.0.1'],
    limits: { ...limitsWith({ delivery_ms_max: 15_000 }), deliveries_waiting_max: 3 },
  }
  const pulse = new Pulse(parts)
  const webhooks = new Webhooks({ ...parts, pulse })
  webhooks.begin()
  return { lines, webhooks }
}

test('EVENT-17: of several servers one tells a webhook, or else another', async () => {
  const leases = new Map<string, { readonly holder: string; readonly until: number }>()
  const lease = async (webhook: string, holder: string, ms: number): Promise<boolean> => {
    const held = leases.get(webhook)
    if (held !== undefined && held.holder !== holder && held.until > quick.now()) return false
    leases.set(webhook, { holder, until: quick.now() + ms })
    return true
  }
  const { outbox, store } = outboxWith({ lease })
  const first = serverOn(outbox)
  const second = serverOn(outbox)
  const receiver = startReceiver()
  await first.webhooks.add({ url: receiver.url })
  for (const name of ['a', 'b', 'c']) await store.create(name)
  await until('they came', () => receiver.received.length === 3)
  await first.webhooks.close()
  await store.create('d')
  await until('the other server goes on', () => receiver.received.length === 4)
  expect(receiver.received.map(({ document }) => document)).toEqual(['a', 'b', 'c', 'd'])
  await second.webhooks.close()
  await receiver.stop()
})

test('EVENT-16: events are not read while too many deliveries wait', async () => {
  const pages: number[] = []
  const { outbox, store } = outboxWith({})
  const read = outbox.after
  const counting: Outbox = {
    ...outbox,
    after(page: EventPage): Promise<EventsAfter> {
      pages.push(page.after)
      return read({ ...page, limit: 2 })
    },
  }
  const { webhooks } = serverOn(counting)
  const state = { status: 500 }
  const receiver = startReceiver(() => new Response(null, { status: state.status }))
  const { webhook } = await webhooks.add({ url: receiver.url })
  for (let index = 0; index < 9; index++) await store.create(`${index}`)
  await until('all that it may take have failed', () => receiver.received.length === 4)
  expect((await webhooks.deliveries(webhook.id)).length).toBe(4)
  expect(Math.max(...pages)).toBe(2)
  await webhooks.close()
  await receiver.stop()
})

test('EVENT-12: a webhook whose next events are not kept goes on with later ones', async () => {
  const { outbox, store } = outboxWith({})
  const read = outbox.after
  const state = { kept: 0 }
  const forgetting: Outbox = {
    ...outbox,
    async after(page) {
      return page.after < state.kept ? { kind: 'gone', kept: state.kept } : read(page)
    },
  }
  for (const name of ['a', 'b', 'c']) await store.create(name)
  const receiver = startReceiver()
  const webhook = {
    id: 'w',
    url: receiver.url,
    events: [],
    prefix: undefined,
    secret: 'whsec_AAAA',
  }
  await outbox.putWebhook({ ...webhook, created: 1, disabled: undefined, cursor: 0 })
  state.kept = 2
  const { lines, webhooks } = serverOn(forgetting)
  await until('it goes on', () => receiver.received.length === 1)
  expect(receiver.received[0]?.document).toBe('c')
  expect(lines.some((line) => line.includes('events-missed'))).toBe(true)
  await webhooks.close()
  await receiver.stop()
})
