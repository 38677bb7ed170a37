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
  endpoints_max: open(100, [0, 10_000], 'webhooks that are kept at a time', 'too-many-endpoints'),
  delivery_ms_max: open(
    15_000,
    [100, minute],
    'time in which the endpoint of a webhook has to answer',
  ),
  deliveries_max: open(
    8,
    [1, 1_000],
    'deliveries that are under way to one webhook, of as many documents',
  ),
  deliveries_waiting_max: fixed(
    10_000,
    'deliveries that wait for one webhook; beyond it events are read when it has taken some',
  ),
} as const satisfies Record<string, Limit>
