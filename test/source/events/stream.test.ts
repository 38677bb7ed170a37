import { expect, test } from 'bun:test'
import { eventId, type EventsAfter } from '../../../persistence/outbox.ts'
import { createMemoryStore } from '../../../persistence/memory/store.ts'
import { Pulse } from '../../../src/events/pulse.ts'
import { EventStream } from '../../../src/events/stream.ts'
import { until } from '../../support/harness/wait.ts'
import { FakeClock } from '../../support/fakes/clock.ts'

/** A stream over endless events, which counts how often they are read. */
function endless(waitingMax = 2) {
  const { outbox } = createMemoryStore()
  if (outbox === undefined) throw new Error('the store keeps no events')
  const clock = new FakeClock()
  const streams = new Set<EventStream>()
  const pages = { read: 0, empty: false }
  const after = async (page: { readonly after: number }): Promise<EventsAfter> => {
    pages.read++
    const id = eventId(page.after + 1)
    const event = { id, time: 1, type: 'document.created', document: 'a', data: '{}' } as const
    return pages.empty
      ? { kind: 'events', events: [], through: page.after }
      : { kind: 'events', events: [event], through: page.after + 1 }
  }
  const pulse = new Pulse({ outbox, clock, limits: { event_poll_ms: 250 } })
  const limits = { event_stream_waiting_max: waitingMax }
  const stream = new EventStream(
    { after, pulse, clock, limits, streams },
    { filter: {}, after: 0, mayHear: async () => true, mayStay: async () => true },
  )
  const pass = (): void => {
    const [time, type] = [new Date(0).toISOString(), 'session.joined']
    stream.pass({ id: 'x', time, type, document: 'a', data: {} })
  }
  return { clock, pages, pass, pulse, reader: stream.body.getReader(), streams }
}

test('EVENT-7: events are read as the client takes them', async () => {
  const { pages, reader, streams } = endless()
  expect([pages.read, streams.size]).toEqual([0, 0])
  await reader.read()
  expect([pages.read, streams.size]).toEqual([0, 1])
  for (let piece = 1; piece <= 3; piece++) {
    const { value } = await reader.read()
    expect(new TextDecoder().decode(value)).toStartWith(`id: ${eventId(piece)}\ndata: {`)
    expect(pages.read).toBe(piece)
  }
  await reader.cancel()
  expect(streams.size).toBe(0)
})

test('EVENT-7: who does not take what is not stored is let go', async () => {
  const { pass, reader, streams } = endless(2)
  await reader.read()
  pass()
  pass()
  expect(streams.size).toBe(1)
  pass()
  expect(streams.size).toBe(0)
  expect((await reader.read()).done).toBe(true)
})

test('EVENT-7: a quiet stream waits for news, and says now and then that it is there', async () => {
  const { clock, pages, pulse, reader } = endless()
  pages.empty = true
  await reader.read()
  const alive = reader.read()
  await until('it waits', () => clock.pending === 2)
  await clock.advance(250)
  await until('it has looked again', () => pages.read === 2 && clock.pending === 2)
  await clock.advance(15_000)
  expect(new TextDecoder().decode((await alive).value)).toBe(': alive\n\n')
  const news = reader.read()
  await until('it waits again', () => clock.pending === 2)
  expect(pages.read).toBe(3)
  pages.empty = false
  pulse.wake()
  expect(new TextDecoder().decode((await news).value)).toContain('document.created')
})
