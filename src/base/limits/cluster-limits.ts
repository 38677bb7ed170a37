import { type Limit, minute, open } from './limit.ts'

/** Limits of what several servers on one store do. */
export const clusterLimits = {
  heads_poll_ms: open(
    500,
    [10, minute],
    'how often a store that several servers share is asked what the others have written',
  ),
} as const satisfies Record<string, Limit>
