/** A document's name as it may stand in a line: quoted, on one line. */
export function quote(name: string): string {
  return JSON.stringify(name)
}

/** `1 document`, `2 documents`. */
export function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`
}

/** Bytes for a person. */
export function readableBytes(bytes: number): string {
  if (bytes < 1_000) return `${bytes} B`
  const units = ['kB', 'MB', 'GB', 'TB']
  let value = bytes
  let unit = 'B'
  for (const next of units) {
    if (value < 999.5) break
    value /= 1_000
    unit = next
  }
  return `${value.toPrecision(3)} ${unit}`
}

/** A time for a person, in UTC to the minute. */
export function readableTime(time: number | undefined): string {
  return time === undefined
    ? 'unknown'
    : new Date(time).toISOString().slice(0, 16).replace('T', ' ')
}
