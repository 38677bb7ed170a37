const second = 1_000
const minute = 60 * second
const hour = 60 * minute

/** How long is waited before each attempt, in milliseconds; three days in all. */
const waits = [
  0,
  5 * second,
  5 * minute,
  30 * minute,
  2 * hour,
  5 * hour,
  10 * hour,
  14 * hour,
  20 * hour,
  24 * hour,
]

/** So much longer is waited at most, so that what failed together does not come together. */
const jitter = 0.2

/**
 * When a delivery is tried again.
 * @param attempt how often it was tried
 * @param fraction from 0 to 1, by chance
 * @param pauseMs for how long the receiver wants to be left alone
 * @returns undefined when it was tried for the last time
 */
export function nextAttempt(
  attempt: number,
  now: number,
  fraction: number,
  pauseMs = 0,
): number | undefined {
  const wait = waits[attempt]
  if (wait === undefined) return undefined
  return now + Math.max(wait * (1 + jitter * fraction), Math.min(pauseMs, 24 * hour))
}
