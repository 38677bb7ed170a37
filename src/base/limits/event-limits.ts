import { fixed, type Limit, minute, open } from './limit.ts'

/** Limits of what is told of documents. */
export const eventLimits = {
  event_quiet_ms: open(
    2_000,
    [100, 60 * minute],
    'time without an edit after which it is told that a document has changed',
  ),
  event_interval_ms: open(
    10_000,
    [100, 60 * minute],
    'time of editing after which it is told that a document has changed',
  ),
  event_poll_ms: fixed(250, 'new events are looked for this often, while somebody waits for them'),
  event_streams_max: open(
    200,
    [0, 100_000],
    'clients that listen to events as they happen',
    'too-many-streams',
  ),
  event_stream_waiting_max: fixed(
    1_000,
    'events that are not stored (who comes and goes) that wait for one client that listens',
  ),
} as const satisfies Record<string, Limit>
