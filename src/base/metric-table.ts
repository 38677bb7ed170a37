import type { CounterName } from './metrics.ts'

/** One metric, as an operator's tools are told of it. */
export interface Metric {
  readonly name: string
  readonly kind: 'counter' | 'gauge'
  readonly help: string
  readonly labels: readonly string[]
}

/** Every counter of `Metrics` by its name there, and what it counts. */
export const counterTable: readonly (readonly [name: CounterName, metric: Metric])[] = [
  ['connectionsOpened', counter('connections_opened', 'WebSocket connections that were opened')],
  ['connectionsClosed', counter('connections_closed', 'WebSocket connections that were closed')],
  ['framesReceived', counter('frames_received', 'Frames that came from clients')],
  ['framesRefused', counter('frames_refused', 'Frames that were refused')],
  ['updatesRelayed', counter('updates_relayed', 'Updates that went to the others of a document')],
  ['updatesKnown', counter('updates_known', 'Updates that held nothing new')],
  ['updatesWaiting', counter('updates_waiting', 'Updates that stood on something missing')],
  ['awarenessRelayed', counter('awareness_relayed', 'Awareness updates that went to the others')],
  ['awarenessUnseen', counter('awareness_unseen', 'Presence states that were not shown')],
  ['clientsDetached', counter('clients_detached', 'Times that a client fell behind')],
  ['clientsCaughtUp', counter('clients_caught_up', 'Times that a client had caught up')],
  ['clientsPaused', counter('clients_paused', 'Times that a client waited for the store')],
  ['commits', counter('commits', 'Batches that the store has taken')],
  ['commitFailures', counter('commit_failures', 'Batches that the store has refused')],
  ['updatesStored', counter('updates_stored', 'Updates that the store has taken')],
  ['bytesStored', counter('stored_bytes', 'Bytes that the store has taken')],
  ['roomsOpened', counter('rooms_opened', 'Documents that were opened')],
  ['roomsEvicted', counter('rooms_evicted', 'Documents that were closed when nobody was there')],
  ['roomsFailed', counter('rooms_failed', 'Documents that hit a fault and were loaded anew')],
  ['compactions', counter('compactions', 'Documents whose updates were folded')],
  ['compactionFailures', counter('compaction_failures', 'Documents that could not be folded')],
  ['entriesQuarantined', counter('entries_quarantined', 'Stored entries that cannot be used')],
  ['messagesPosted', counter('messages_posted', 'Messages that were kept')],
  ['changesTold', counter('changes_told', 'Times that it was told that a document has changed')],
  ['deliveriesTaken', counter('deliveries_taken', 'Deliveries that webhooks have taken')],
  ['deliveriesFailed', counter('deliveries_failed', 'Attempts that a webhook did not take')],
  ['deliveriesDead', counter('deliveries_dead', 'Deliveries that were given up')],
  ['updatesFollowed', counter('updates_followed', 'Updates that came from other servers')],
  ['roomsReread', counter('rooms_reread', 'Open documents that were read whole once more')],
  ['busMessagesSent', counter('bus_messages_sent', 'Messages that went to other servers')],
  ['busMessagesHeard', counter('bus_messages_heard', 'Messages that came from other servers')],
]

/** Refusals, by their kind in the table of errors. */
export const refusalMetric: Metric = {
  ...counter('refusals', 'What was refused'),
  labels: ['kind'],
}

/** What is measured when somebody asks. */
export const gaugeTable = {
  connections: gauge('connections', 'WebSocket connections that are open'),
  rooms: gauge('rooms', 'Documents that are open'),
  documentBytes: gauge('document_bytes', 'Bytes of the documents that are open'),
  unsentBytes: gauge('unsent_bytes', 'Bytes that wait for slow clients'),
  pendingBytes: gauge('pending_bytes', 'Bytes that wait for the store'),
  chatRooms: gauge('chat_rooms', 'Rooms of messages with somebody in them'),
  eventStreams: gauge('event_streams', 'Clients that listen to events'),
  residentBytes: gauge('resident_bytes', 'Memory of the process'),
} as const

function counter(name: string, help: string): Metric {
  return { name: `ytopic_${name}_total`, kind: 'counter', help, labels: [] }
}

function gauge(name: string, help: string): Metric {
  return { name: `ytopic_${name}`, kind: 'gauge', help, labels: [] }
}
