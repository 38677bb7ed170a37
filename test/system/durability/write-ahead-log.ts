import type { Call } from './trace.ts'

/** One commit in SQLite's write-ahead log. */
export interface Commit {
  /** Line of the trace at which its last page was written. */
  readonly written: number
  /** Line at which the first sync behind that had returned; Infinity when there was none. */
  readonly synced: number
  readonly pages: readonly Uint8Array[]
}

/** What SQLite did, and what it did in the wrong order. */
export interface LogHistory {
  readonly commits: readonly Commit[]
  /** How often the log was begun anew, over what it held. */
  readonly restarts: number
  readonly syncs: number
  readonly faults: readonly string[]
}

const logHeaderBytes = 32
const frameHeaderBytes = 24
const pageBytes = 4096

/**
 * Follows the writes to a database and its write-ahead log (format: sqlite.org/fileformat2.html).
 * @throws Error when the log is not written frame by frame
 */
export function readLog(calls: readonly Call[], database: string): LogHistory {
  const log = `${database}-wal`
  const syncsOf = (file: string): readonly Call[] =>
    calls.filter((call) => isSync(call) && call.file === file && call.result === 0)
  const syncedAfter = (file: string, line: number): number =>
    syncsOf(file).find(({ enter }) => enter > line)?.exit ?? Infinity
  const commits: Commit[] = []
  const faults: string[] = []
  let pages: Uint8Array[] = []
  let frame: 'none' | 'page' | 'last page' = 'none'
  let restarts = -1
  let end = 0
  let databaseWritten = 0
  for (const call of calls) {
    if (call.file === database && isWrite(call)) {
      databaseWritten = call.exit
      const last = commits.at(-1)
      // What is copied out of the log must be in it for good.
      if (last !== undefined && syncedAfter(log, last.written) > call.enter) {
        faults.push(`line ${call.enter}: the database is written before its log is synced`)
      }
    }
    if (call.file !== log || !isWrite(call)) continue
    if (call.name !== 'pwrite64') throw new Error(`the log is written by ${call.name}`)
    if (call.offset < end) {
      restarts++
      if (syncedAfter(database, databaseWritten) > call.enter) {
        faults.push(`line ${call.enter}: the log begins anew before the database is synced`)
      }
    }
    if (end === 0) restarts++
    end = call.offset + call.bytes.length
    if (call.bytes.length === logHeaderBytes && call.offset === 0) continue
    if (frame === 'none') {
      if (call.bytes.length !== frameHeaderBytes) throw new Error('no frame begins like this')
      frame =
        new DataView(call.bytes.buffer, call.bytes.byteOffset).getUint32(4) > 0
          ? 'last page'
          : 'page'
      continue
    }
    if (call.bytes.length !== pageBytes) throw new Error('no page is as long as this')
    pages.push(call.bytes)
    if (frame === 'last page') {
      commits.push({ written: call.exit, synced: syncedAfter(log, call.exit), pages })
      pages = []
    }
    frame = 'none'
  }
  return { commits, restarts, syncs: syncsOf(log).length, faults }
}

function isSync({ name }: Call): boolean {
  return name === 'fdatasync' || name === 'fsync'
}

function isWrite({ name, result }: Call): boolean {
  return /write/.test(name) && result > 0
}
