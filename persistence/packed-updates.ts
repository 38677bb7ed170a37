import { type BatchDocument, eachRecord } from './batch.ts'

/** The updates that one batch brought for one document: length u32 LE, bytes, repeated. */
export interface PackedUpdates {
  readonly document: BatchDocument
  readonly count: number
  readonly bytes: Uint8Array
  /** Who brought each, by place in the batch's authors; 0 for nobody. */
  readonly authorPlaces: Uint32Array
}

/** Bytes that packing adds to every update. */
export const packedHeaderBytes = 4

/**
 * Sorts the records of a batch by document, each document's in their order.
 *
 * @param documents by document index
 * @param records packed as `Batch` does
 * @throws RangeError when the records are not what `Batch` packs
 */
export function packByDocument(
  documents: readonly BatchDocument[],
  records: Uint8Array,
): readonly PackedUpdates[] {
  const counts = new Uint32Array(documents.length)
  const ends = new Float64Array(documents.length)
  eachRecord(records, (index, update) => {
    if (index >= documents.length) {
      throw new RangeError(`A packed record names document ${index}, which is not in its batch.`)
    }
    counts[index] = (counts[index] ?? 0) + 1
    ends[index] = (ends[index] ?? 0) + packedHeaderBytes + update.length
  })
  const packed = documents.map((document, index) => ({
    document,
    count: counts[index] ?? 0,
    bytes: new Uint8Array(ends[index] ?? 0),
    authorPlaces: new Uint32Array(counts[index] ?? 0),
  }))
  ends.fill(0)
  counts.fill(0)
  eachRecord(records, (index, update, authorPlace) => {
    const to = packed[index]
    if (to === undefined) return
    const { authorPlaces, bytes } = to
    const place = counts[index] ?? 0
    authorPlaces[place] = authorPlace
    counts[index] = place + 1
    const at = ends[index] ?? 0
    writeLength(bytes, at, update.length)
    bytes.set(update, at + packedHeaderBytes)
    ends[index] = at + packedHeaderBytes + update.length
  })
  return packed
}

/** Views of the updates in `bytes`, in order. The bytes must have passed their checksum. */
export function unpackUpdates(bytes: Uint8Array): Uint8Array[] {
  const updates: Uint8Array[] = []
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  for (let at = 0; at < bytes.length;) {
    const start = at + packedHeaderBytes
    at = start + view.getUint32(at, true)
    updates.push(bytes.subarray(start, at))
  }
  return updates
}

function writeLength(bytes: Uint8Array, at: number, length: number): void {
  bytes[at] = length
  bytes[at + 1] = length >>> 8
  bytes[at + 2] = length >>> 16
  bytes[at + 3] = length >>> 24
}
