import { afterEach, expect, test } from 'bun:test'
import { Metrics } from '../../../../src/base/metrics.ts'
import { WritePace } from '../../../../src/connection/write-pace.ts'
import { FakeClock } from '../../../support/fakes/clock.ts'
import { FaultyStore } from '../../../support/fakes/store.ts'
import { craftUpdate } from '../../../support/harness/crafted.ts'
import { RawClient } from '../../../support/harness/raw-client.ts'
import { startServer, type TestServer } from '../../../support/harness/server.ts'
import { until } from '../../../support/harness/wait.ts'

const kib = 1024
let server: TestServer | undefined

afterEach(async () => {
  await server?.stop()
  server = undefined
})

/** A journal of which a test says how much waits. */
function start() {
  const clock = new FakeClock()
  const listeners: (() => void)[] = []
  const journal = {
    pendingBytes: 0,
    trouble: undefined as string | undefined,
    afterAppended: (listener: () => void) => void listeners.push(listener),
  }
  const metrics = new Metrics()
  const pace = new WritePace({ journal, clock, metrics, limits: { journal_pause_bytes: kib } })
  const store = () => {
    journal.pendingBytes = 0
    for (const listener of listeners.splice(0)) listener()
  }
  const socket = () => {
    const calls: string[] = []
    return { calls, pause: () => calls.push('pause'), resume: () => calls.push('resume') }
  }
  return { clock, journal, metrics, pace, store, socket }
}

test('MEMORY-5: who writes much while much waits is read on when that is stored', () => {
  const { journal, metrics, pace, store, socket } = start()
  const [writer, typist] = [socket(), socket()]
  pace.took(writer, 100 * kib)
  expect(writer.calls).toEqual([])
  journal.pendingBytes = 2 * kib
  for (let index = 0; index < 100; index++) pace.took(typist, 30)
  for (let index = 0; index < 10; index++) pace.took(writer, 20 * kib)
  expect([writer.calls, typist.calls]).toEqual([['pause'], []])
  store()
  expect(writer.calls).toEqual(['pause', 'resume'])
  expect(typist.calls).toEqual([])
  expect(metrics.clientsPaused).toBe(1)
  journal.pendingBytes = 2 * kib
  pace.took(writer, 60 * kib)
  expect(writer.calls).toEqual(['pause', 'resume'])
})

test('MEMORY-5: nobody is left unread for over a second, nothing is left behind', async () => {
  const { clock, journal, pace, store, socket } = start()
  const writer = socket()
  journal.pendingBytes = 2 * kib
  pace.took(writer, 70 * kib)
  await clock.advance(999)
  expect(writer.calls).toEqual(['pause'])
  await clock.advance(1)
  expect(writer.calls).toEqual(['pause', 'resume'])
  pace.took(writer, 70 * kib)
  expect(writer.calls).toEqual(['pause', 'resume', 'pause'])
  store()
  expect(writer.calls).toEqual(['pause', 'resume', 'pause', 'resume'])
  expect(clock.pending).toBe(0)
})

test('MEMORY-5: while the store is in trouble everybody is read', () => {
  const { journal, pace, socket } = start()
  const writer = socket()
  journal.pendingBytes = 200 * kib
  journal.trouble = 'The disk is full.'
  for (let index = 0; index < 10; index++) pace.took(writer, 20 * kib)
  expect(writer.calls).toEqual([])
})

test('MEMORY-5: what a slow store makes wait stays with its writer; others type on', async () => {
  const store = new FaultyStore()
  server = startServer({ journal_pause_bytes: 1024 * kib, store_silence_ms_max: 600_000 }, store)
  const connect = async () => (await RawClient.connect(`${server?.url}/ws/slow`)).open()
  const [writer, ana, bob] = [await connect(), await connect(), await connect()]
  store.hold()
  const text = 'x'.repeat(100_000)
  for (let index = 0; index < 400; index++) {
    writer.say({ kind: 'update', update: craftUpdate([{ client: 1_000 + index, text }]) })
  }
  const { ytopic, http } = server
  await until('the writer waits', () => ytopic.metrics.clientsPaused > 0)
  const heardBefore = bob.heard.filter(({ kind }) => kind === 'update').length
  for (let client = 1; client <= 5; client++) {
    ana.say({ kind: 'update', update: craftUpdate([{ client, text: 'a' }]) })
    await bob.hears('update', heardBefore + client)
  }
  const health: { pendingBytes: number } = await (await fetch(`${http}/healthz`)).json()
  expect(health.pendingBytes).toBeLessThan(10_000_000)
  store.release()
  await until('all is stored', () => ytopic.metrics.updatesStored === 405, 60_000)
  expect(writer.closed).toBeUndefined()
}, 90_000)
