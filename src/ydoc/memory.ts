import { formatLimits } from '../update/fault.ts'
import { UpdateScan } from '../update/scan.ts'

// Measured on Bun 1.4.5 with both documents of a fold in memory: text took 6 to 9 bytes for one of
// its own, a million items about a kilobyte for each, and as much again for each client.
const bytesForByte = 9
const bytesForItem = 1_000

const mib = 1024 * 1024

/**
 * Whether folding would take more memory than it may, told before anything is built: the heap of a
 * Bun thread has no bound of its own. A delete range can cut one item into three.
 * @returns a sentence; undefined when it may be done, or when parts do not read as updates
 */
export function memoryFault(parts: readonly Uint8Array[], bytesMax: number): string | undefined {
  if (bytesMax === Infinity) return undefined
  const scan = new UpdateScan()
  let items = 0
  let bytes = 0
  for (const part of parts) {
    bytes += part.length
    if (scan.scan(part, formatLimits) !== undefined) continue
    items += scan.structCount + 2 * scan.deleteCount + scan.clientCount
  }
  const need = bytes * bytesForByte + items * bytesForItem
  if (need <= bytesMax) return undefined
  const [about, most] = [need, bytesMax].map((count) => Math.ceil(count / mib))
  return `Folding the document takes about ${about} MiB of memory; ${most} MiB are allowed.`
}
