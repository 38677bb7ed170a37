/** Values that a log line may carry. */
export type LogFields = Readonly<Record<string, string | number | boolean | undefined>>

/** One line per event, for operators. */
export interface Log {
  info(event: string, fields?: LogFields): void
  warn(event: string, fields?: LogFields): void
  error(event: string, fields?: LogFields): void
}

/** Writes `level event key=value …` lines with `write`, which gets no line end. */
export function createLog(write: (line: string) => void): Log {
  const line =
    (level: string) =>
    (event: string, fields: LogFields = {}) => {
      const pairs = Object.entries(fields)
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

/** A log that keeps nothing. */
export const silentLog: Log = createLog(() => undefined)

/** What went wrong, in words, whatever was thrown. */
export function describeError(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

/** The stack of what was thrown, where it has one. */
export function stackOf(error: unknown): string | undefined {
  return error instanceof Error ? error.stack : undefined
}
