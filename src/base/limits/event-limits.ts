import { type Limit, minute, open } from './limit.ts'

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
} as const satisfies Record<string, Limit>
