import { eventId, eventNumber, type EventType, type StoredEvent } from '../../persistence/outbox.ts'
import { isObject } from '../base/json.ts'

/** What is stored, and so told to webhooks as well. */
export const storedTypes = [
  'document.created',
  'document.changed',
  'document.deleted',
  'document.undeleted',
  'document.purged',
  'version.created',
  'document.restored',
  'comment.created',
  'comment.resolved',
] as const satisfies readonly EventType[]

/** What may be told. Who comes and goes is told to those who listen only, and not stored. */
export const eventTypes = [...storedTypes, 'session.joined', 'session.left'] as const

/** A place in the events as clients hand it back: the id of the last one that they know. */
export function cursorOf(number: number): string {
  return eventId(number)
}

/** The same read; undefined where no event can have that id. */
export function placeOfCursor(cursor: string): number | undefined {
  return eventNumber(cursor)
}

/** An event as it is told. */
export interface ToldEvent {
  readonly id: string
  readonly time: string
  readonly type: string
  readonly document: string
  readonly data: Readonly<Record<string, unknown>>
}

/** A stored event as it is told. */
export function toldOf({ data, document, id, time, type }: StoredEvent): ToldEvent {
  const read: unknown = JSON.parse(data)
  return {
    id,
    time: new Date(time).toISOString(),
    type,
    document,
    data: isObject(read) ? thinned(read) : {},
  }
}

/** Of a document that a crowd has written a few are named: an event is to be thin. */
function thinned(data: ToldEvent['data']): ToldEvent['data'] {
  const { authors } = data
  if (!Array.isArray(authors) || authors.length <= authorsMax) return data
  return { ...data, authors: authors.slice(0, authorsMax) }
}

const authorsMax = 100
