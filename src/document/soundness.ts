import type { Limits } from '../base/limits/limits.ts'
import { formatLimits, type UpdateLimits } from '../update/fault.ts'
import { UpdateScan } from '../update/scan.ts'
import { regularUpdate } from '../update/bytes/write.ts'

const scan = new UpdateScan()

/**
 * What the limits of a server say of one update that comes in.
 * @param held what the document held when it was loaded: whoever has it may say so
 */
export function updateLimitsOf(limits: Limits, held = { clients: 0, deletes: 0 }): UpdateLimits {
  return {
    // Frames have a bound, and the document's own refuses in its own words.
    bytesMax: Infinity,
    structsMax: limits.update_structs_max,
    clientsMax: limits.update_clients_max + held.clients,
    deletesMax: limits.update_deletes_max + held.deletes,
    depthMax: limits.value_depth_max,
  }
}

/**
 * Whether a Yjs V1 update that is stored, or brought by the operator, is whole and sound, whatever
 * the limits of a server say; nothing is applied.
 * @returns what is wrong with it in one sentence; undefined when nothing is.
 */
export function unsoundness(update: Uint8Array): string | undefined {
  return scan.scan(update, formatLimits)?.sentence
}

/**
 * The form in which a Yjs V1 update of the operator's is taken: as it is, or put in order.
 * @returns what is wrong with it in one sentence where it is not taken
 */
export function soundForm(update: Uint8Array): Uint8Array | string {
  const fault = unsoundness(update)
  return fault === undefined ? update : (regularUpdate(update, formatLimits) ?? fault)
}
