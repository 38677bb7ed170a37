import type { Limits } from '../base/limits.ts'
import type { UpdateLimits } from '../update/fault.ts'
import { UpdateScan } from '../update/scan.ts'
import { regularUpdate } from '../update/write.ts'

const scan = new UpdateScan()

/** What the limits of a server say of one update. */
export function updateLimitsOf(limits: Limits): UpdateLimits {
  return {
    bytesMax: limits.document_bytes_max,
    structsMax: limits.update_structs_max,
    clientsMax: limits.update_clients_max,
    deletesMax: limits.update_deletes_max,
    depthMax: limits.value_depth_max,
  }
}

/**
 * Whether a Yjs V1 update is whole and sound; nothing is applied.
 * @returns what is wrong with it in one sentence; undefined when nothing is.
 */
export function unsoundness(update: Uint8Array, limits: UpdateLimits): string | undefined {
  return scan.scan(update, limits)?.sentence
}

/**
 * The form in which a Yjs V1 update is taken: as it is, or put in order.
 * @returns what is wrong with it in one sentence where it is not taken
 */
export function soundForm(update: Uint8Array, limits: UpdateLimits): Uint8Array | string {
  const fault = unsoundness(update, limits)
  return fault === undefined ? update : (regularUpdate(update, limits) ?? fault)
}
