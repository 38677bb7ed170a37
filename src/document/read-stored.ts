import type { DeleteIndex } from '../update/clocks/deletes.ts'
import { formatLimits } from '../update/fault.ts'
import type { UpdateScan } from '../update/scan.ts'
import type { KnownClocks } from './known-clocks.ts'

/** Bytes of an update that are read at a time while a document is loaded. */
const sliceBytes = 16 * 1_024
/** What a byte, and a run or a range that was found, take, in steps of a slice. */
const byteSteps = 1 / 64
const foundSteps = 1 / 4

/**
 * Reads a stored update bit by bit and notes what it holds, as far as it is found sound. Yields the
 * steps taken, for `inSlices`.
 * @param scan one that notes clocks
 * @returns a sentence when it is unsound; then what was noted is not to be used
 */
export function* readStored(
  scan: UpdateScan,
  bytes: Uint8Array,
  known: KnownClocks,
  deletes: DeleteIndex,
): Generator<number, string | undefined> {
  scan.begin(bytes, formatLimits)
  for (let isOver = false; !isOver;) {
    isOver = scan.goOn(sliceBytes)
    if (scan.fault !== undefined) return scan.fault.sentence
    const found = scan.runCount + scan.deleteCount
    noteFound(scan, known, deletes)
    yield Math.min(bytes.length, sliceBytes) * byteSteps + found * foundSteps
  }
  return undefined
}

function noteFound(scan: UpdateScan, known: KnownClocks, deletes: DeleteIndex): void {
  for (let index = 0; index < scan.runCount; index++) {
    const { client, start, end } = scan.run(index)
    known.add(client, start, end)
  }
  deletes.addAll(scan)
  scan.dropFound()
}

/** Clients whose clocks and deletes are written at a time. */
const clientsWrittenMax = 2_048

/** Writes bit by bit what whoever opens the document wants at once. */
export function* writeAhead(known: KnownClocks, deletes: DeleteIndex): Generator<number, void> {
  while (!known.prepare(clientsWrittenMax) || !deletes.prepare(clientsWrittenMax)) {
    yield clientsWrittenMax
  }
}
