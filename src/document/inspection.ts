import type { UpdateFault, UpdateLimits } from '../update/fault.ts'
import { UpdateScan } from '../update/scan.ts'

const noBytes = new Uint8Array(0)

/**
 * A sound update, as it was found on reading it whole. The next update that is inspected takes its
 * place, so it is used in the turn in which it was made and never kept; whoever has to read another
 * update meanwhile uses a scan of their own.
 */
export class Inspection {
  readonly kind = 'sound'
  readonly scan = new UpdateScan()
  #bytes: Uint8Array = noBytes
  #from = 0

  /** The bytes in which the update stands, to their end. */
  get bytes(): Uint8Array {
    return this.#bytes
  }

  /** Where in the bytes the update begins. */
  get from(): number {
    return this.#from
  }

  /** The update alone. */
  get update(): Uint8Array {
    return this.#from === 0 ? this.#bytes : this.#bytes.subarray(this.#from)
  }

  /**
   * Reads an update whole.
   * @param from where in the bytes it begins; it goes to their end
   * @returns this, or what is wrong with the update: then this is of no update
   */
  read(bytes: Uint8Array, limits: UpdateLimits, from: number): Inspection | UpdateFault {
    this.#bytes = bytes
    this.#from = from
    return this.scan.scan(bytes, limits, from) ?? this
  }
}
