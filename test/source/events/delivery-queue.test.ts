import { expect, test } from 'bun:test'
import { eventId, type EventType, type StoredEvent } from '../../../persistence/outbox.ts'
import { DeliveryQueue, type Tried } from '../../../src/events/webhooks/delivery-queue.ts'

function event(number: number, document: string, type: EventType): StoredEvent {
  return { id: eventId(number), time: number, type, document, data: '{}' }
}

const created = event(1, 'a', 'document.created')
const changed = event(2, 'a', 'document.changed')
const version = event(3, 'a', 'version.created')
const changedMore = event(4, 'a', 'document.changed')
const other = event(5, 'b', 'document.created')

function tried(next: number | undefined): Tried {
  return { attempt: 1, at: 0, status: 500, error: 'It answered 500.', next }
}

function queueOf(...events: readonly StoredEvent[]): DeliveryQueue {
  const queue = new DeliveryQueue([])
  for (const one of events) queue.add(one, undefined)
  return queue
}

test('EVENT-11: the events of a document wait behind its first, those of others do not', () => {
  const queue = queueOf(created, changed, other)
  expect(queue.due(0)).toEqual(['a', 'b'])
  queue.failed(created, tried(10))
  expect(queue.due(9)).toEqual(['b'])
  expect(queue.due(10)).toEqual(['a', 'b'])
  expect(queue.first('a')?.event).toEqual(created)
  queue.remove(created)
  expect(queue.first('a')?.event).toEqual(changed)
  expect(queue.due(0)).toEqual(['a', 'b'])
})

test('EVENT-11: of changes that wait the newest is enough, and is tried as the first was', () => {
  const queue = queueOf(changed, version, changedMore)
  expect([queue.size, queue.first('a')?.event]).toEqual([2, version])
  const failing = queueOf(changed, version)
  failing.failed(changed, tried(50))
  failing.add(changedMore, undefined)
  expect([failing.size, failing.first('a')]).toEqual([2, { event: version, ...tried(50) }])
})

test('EVENT-11: a change that is being tried stays, until it has failed', () => {
  const queue = queueOf(changed)
  queue.add(changedMore, changed.id)
  expect(queue.size).toBe(2)
  queue.failed(changed, tried(50))
  expect([queue.size, queue.first('a')]).toEqual([1, { event: changedMore, ...tried(50) }])
})

test('EVENT-10: what is given up holds up nobody, and can be tried anew', () => {
  const queue = queueOf(created, version)
  queue.failed(created, { ...tried(undefined), attempt: 10 })
  expect(queue.first('a')?.event).toEqual(version)
  queue.replay(created, 7)
  expect(queue.first('a')).toMatchObject({ event: created, attempt: 0, next: 7 })
})

test('EVENT-12: only what was not taken is written, and dropped when it is', () => {
  const queue = queueOf(created, version, other)
  queue.remove(created)
  const first = queue.changes()
  expect(first.keep.map(({ event: { id } }) => id)).toEqual([version.id, other.id])
  expect(first.drop).toEqual([])
  // It is taken while that is being written.
  queue.remove(version)
  queue.stored(first)
  const second = queue.changes()
  expect(second).toEqual({ keep: [], drop: [version.id] })
  queue.stored(second)
  expect(queue.changes()).toEqual({ keep: [], drop: [] })
  const next = new DeliveryQueue(first.keep)
  expect([next.size, next.changes()]).toEqual([2, { keep: [], drop: [] }])
  next.remove(other)
  expect(next.changes().drop).toEqual([other.id])
})
