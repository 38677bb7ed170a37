import type { Clock } from './clock.ts'
import { type LogEvent, logEvents } from './log-events.ts'
import { TokenBucket } from './token-bucket.ts'

/** Values that a log line may carry. */
export type LogFields = Readonly<Record<string, string | number | boolean | undefined>>

/** One line per event, for operators; docs/operating.md says what each event means. */
export interface Log {
  info(event: LogEvent, fields?: LogFields): void
  warn(event: LogEvent, fields?: LogFields): void
  error(event: LogEvent, fields?: LogFields): void
}

/** Writes `level event key=value … message="…"` lines with `write`, which gets no line end. */
export function createLog(write: (line: string) => void): Log {
  const line =
    (level: string) =>
    (event: LogEvent, fields: LogFields = {}) => {
      const pairs = Object.entries({ ...fields, message: logEvents[event] })
        .filter(([, value]) => value !== undefined)
        .map(
          ([key, value]) => `${key}=${typeof value === 'string' ? JSON.stringify(value) : value}`,
        )
      write([level, event, ...pairs].join(' '))
    }
  return { info: line('info'), warn: line('warn'), error: line('error') }
}

/** Writes to standard error. */
export const standardLog: Log = createLog((line) => console.error(line))

/**
 * The same log, with a bound on its lines: who makes a server refuse things must not fill its disk.
 * What is left out is counted, and said before the next line.
 */
export function calmLog(log: Log, linesPerSecond: number, clock: Clock): Log {
  const lines = new TokenBucket(linesPerSecond, 10 * linesPerSecond, clock.now())
  let leftOut = 0
  const calm =
    (level: keyof Log) =>
    (event: LogEvent, fields?: LogFields): void => {
      lines.refill(clock.now())
      if (!lines.take(1)) {
        leftOut++
        return
      }
      if (leftOut > 0) log.warn('lines-left-out', { count: leftOut })
      leftOut = 0
      log[level](event, fields)
    }
  return { info: calm('info'), warn: calm('warn'), error: calm('error') }
}

/** A log that keeps nothing. */
export const silentLog: Log = {
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
}

/** What went wrong, in words, whatever was thrown. */
export function describeError(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

/** The stack of what was thrown, where it has one. */
export function stackOf(error: unknown): string | undefined {
  return error instanceof Error ? error.stack : undefined
}
