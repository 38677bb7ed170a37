import { expect, test } from 'bun:test'
import { Batch } from '../../../persistence/batch.ts'
import { createMemoryStore } from '../../../persistence/memory/store.ts'
import type { Outbox, StoredEvent } from '../../../persistence/outbox.ts'
import type { Store } from '../../../persistence/store.ts'
import { anonymous } from '../../../src/auth/anonymous.ts'
import { silentLog } from '../../../src/base/log.ts'
import { Metrics } from '../../../src/base/metrics.ts'
import { Changes } from '../../../src/events/changes.ts'
import { FakeClock, quickRounds } from '../../support/fakes/clock.ts'
import { FaultyStore } from '../../support/fakes/store.ts'
import { connect, synced } from '../../support/harness/provider.ts'
import { startServer } from '../../support/harness/server.ts'
import { until } from '../../support/harness/wait.ts'

async function write(store: Store, ...documents: readonly string[]): Promise<void> {
  const batch = new Batch()
  for (const document of documents) {
    batch.add(document, Uint8Array.of(1), 0, undefined, { id: 'ada', name: 'Ada' })
  }
  await store.append(batch)
}

function outboxOf({ outbox }: Store): Outbox {
  if (outbox === undefined) throw new Error('the store keeps no events')
  return outbox
}

/** Changes over an outbox that refuses while `down` is set, and counts how often it was asked. */
function telling(store: Store) {
  const outbox = outboxOf(store)
  const clock = new FakeClock()
  const told: StoredEvent[] = []
  const asked: (readonly string[])[] = []
  const state = { down: false }
  const changes = new Changes({
    outbox: {
      ...methodsOf(outbox),
      tellChanged(documents) {
        asked.push(documents)
        return state.down
          ? Promise.reject(new Error('the disk is full (by the test)'))
          : outbox.tellChanged(documents)
      },
    },
    clock,
    log: silentLog,
    metrics: new Metrics(),
    limits: { store_retry_ms_max: 5_000 },
    told: (events) => told.push(...events),
  })
  return { asked, changes, clock, state, told }
}

function methodsOf(outbox: Outbox): Outbox {
  return {
    after: (page) => outbox.after(page),
    newest: () => outbox.newest(),
    tellChanged: (documents) => outbox.tellChanged(documents),
    changed: () => outbox.changed(),
    webhooks: () => outbox.webhooks(),
    putWebhook: (webhook) => outbox.putWebhook(webhook),
    dropWebhook: (id) => outbox.dropWebhook(id),
    deliveries: (webhook) => outbox.deliveries(webhook),
    progress: (progress) => outbox.progress(progress),
  }
}

class LastingStore extends FaultyStore {
  readonly outbox = outboxOf(this.inner)

  /** How often a change was told. */
  async told(): Promise<number> {
    const page = await this.outbox.after({ after: 0, limit: 100, types: ['document.changed'] })
    return page.kind === 'events' ? page.events.length : 0
  }
}

test('EVENT-2: documents that are due together share a transaction', async () => {
  const store = createMemoryStore()
  const { asked, changes, clock, told } = telling(store)
  await write(store, 'a', 'b', 'c')
  changes.tell('a')
  changes.tell('b')
  changes.tell('c')
  changes.tell('nobody')
  await clock.advance(0)
  expect(asked).toEqual([['a'], ['b', 'c', 'nobody']])
  expect(told.map(({ document }) => document)).toEqual(['a', 'b', 'c'])
  const authors = [{ id: 'ada', name: 'Ada' }]
  expect(JSON.parse(told[0]?.data ?? '')).toMatchObject({ authors })
  changes.tell('a')
  await clock.advance(0)
  expect(told).toHaveLength(3)
  await changes.end()
})

test('EVENT-2: what the store does not take is told when it is back, or at the start', async () => {
  const store = createMemoryStore()
  const { changes, clock, state, told } = telling(store)
  await write(store, 'a', 'b')
  state.down = true
  changes.tell('a')
  await clock.advance(4_999)
  state.down = false
  expect(told).toEqual([])
  await clock.advance(1)
  expect(told.map(({ document }) => document).toSorted()).toEqual(['a', 'b'])
  await write(store, 'a')
  // A process that was killed has told nothing; the next one finds it.
  const next = telling(store)
  next.changes.begin()
  await next.clock.advance(0)
  expect(next.told.map(({ document }) => document)).toEqual(['a'])
})

test('EVENT-1: a change is told when it is quiet, while it goes on, and on leaving', async () => {
  const store = new LastingStore()
  const { outbox } = store
  const server = startServer({ event_quiet_ms: 300, event_interval_ms: 600 }, store, {
    authority: anonymous('write'),
    clock: quickRounds,
  })
  const told = (): Promise<number> => store.told()
  const client = connect(`${server.url}/ws`, 'notes')
  await synced(client)
  const text = client.document.getText('t')
  text.insert(0, 'a')
  await until('it is told once it is quiet', async () => (await told()) === 1)
  const typing = setInterval(() => text.insert(0, 'b'), 50)
  await until('it is told while it goes on', async () => (await told()) >= 3)
  clearInterval(typing)
  await until('it is quiet', async () => (await outbox.changed()).length === 0)
  const before = await told()
  text.insert(0, 'c')
  await until('it is stored', async () => (await outbox.changed()).length === 1)
  await server.stop()
  expect(await told()).toBe(before + 1)
  client.end()
})

test('EVENT-1: what was not stored yet when it was told of is told when it is', async () => {
  const store = new LastingStore()
  const clock = new FakeClock()
  const limits = { event_quiet_ms: 300 }
  const server = startServer(limits, store, { authority: anonymous('write'), clock })
  const [writer, reader] = ['writer', 'reader'].map(() => connect(`${server.url}/ws`, 'notes'))
  if (writer === undefined || reader === undefined) throw new Error('there are two')
  await Promise.all([synced(writer), synced(reader)])
  store.hold()
  writer.document.getText('t').insert(0, 'a')
  await until('it is here', () => reader.document.getText('t').length === 1)
  await clock.advance(5_000)
  expect(await store.told()).toBe(0)
  store.release()
  await until('it is told', async () => {
    await clock.advance(1_000)
    return (await store.told()) === 1
  })
  writer.end()
  reader.end()
  await Promise.all([server.stop(), clock.advance(10_000)])
})
