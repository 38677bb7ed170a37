import { expect, test } from 'bun:test'
import { eventId } from '../../../persistence/outbox.ts'
import { toldOf } from '../../../src/events/told.ts'

test('EVENT-3: an event names at most 100 of those who wrote', () => {
  const authors = Array.from({ length: 300 }, (_, index) => ({ id: `${index}` }))
  const data = JSON.stringify({ sequence: 7, authors })
  const event = { id: eventId(1), time: 0, type: 'document.changed', document: 'a', data } as const
  expect(toldOf(event)).toEqual({
    id: '000000000000001',
    time: '1970-01-01T00:00:00.000Z',
    type: 'document.changed',
    document: 'a',
    data: { sequence: 7, authors: authors.slice(0, 100) },
  })
  expect(toldOf({ ...event, data: 'null' }).data).toEqual({})
})
