import type { DeleteIndex } from '../update/clocks/deletes.ts'
import { formatLimits } from '../update/fault.ts'
import type { UpdateScan } from '../update/scan.ts'
import type { KnownClocks } from './known-clocks.ts'

/** Bytes of an update that are read at a time while a document is loaded. */
const sliceBytes = 64 * 1_024
/** Runs and ranges that are taken over at a time. */
const foundMost = 1_024
/** What a byte, and a run or a range that was found, take, in steps of a slice. */
const byteSteps = 1 / 128
const foundSteps = 1 / 16

/**
 * Reads a stored update bit by bit and notes what it holds. Yields the steps taken, for `inSlices`.
 * @returns a sentence when it is unsound
 */
export function* readStored(
  scan: UpdateScan,
  bytes: Uint8Array,
  known: KnownClocks,
  deletes: DeleteIndex,
): Generator<number, string | undefined> {
  scan.begin(bytes, formatLimits)
  while (!scan.goOn(sliceBytes)) yield sliceBytes * byteSteps
  yield Math.min(bytes.length, sliceBytes) * byteSteps
  if (scan.fault !== undefined) return scan.fault.sentence
  for (let index = 0; index < scan.runCount; index++) {
    const { client, start, end } = scan.run(index)
    known.add(client, start, end)
    if (index % foundMost === 0) yield foundMost * foundSteps
  }
  for (let index = 0; index < scan.deleteCount; index++) {
    const { client, clock, length } = scan.deleteRange(index)
    deletes.add(client, clock, length)
    if (index % foundMost === 0) yield foundMost * foundSteps
  }
  return undefined
}

/** Clients whose clocks and deletes are written at a time. */
const clientsWrittenMax = 2_048

/** Writes bit by bit what whoever opens the document wants at once. */
export function* writeAhead(known: KnownClocks, deletes: DeleteIndex): Generator<number, void> {
  while (!known.prepare(clientsWrittenMax) || !deletes.prepare(clientsWrittenMax)) {
    yield clientsWrittenMax
  }
}
