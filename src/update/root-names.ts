import { Pool } from './bytes/pool.ts'

/** Where the name of a root type stands. */
interface RootName {
  from: number
  to: number
}

const textDecoder = new TextDecoder()

/** The names of root types in an update; one that is repeated at once is taken once. */
export class RootNames {
  readonly #names = new Pool<RootName>(() => ({ from: 0, to: 0 }))
  #byteLength = 0

  get count(): number {
    return this.#names.count
  }

  /** Bytes of the names. */
  get byteLength(): number {
    return this.#byteLength
  }

  clear(): void {
    this.#names.clear()
    this.#byteLength = 0
  }

  /** Notes the name that stands there in the bytes. */
  note(bytes: Uint8Array, from: number, to: number): void {
    const names = this.#names
    if (names.count > 0) {
      const last = names.item(names.count - 1)
      if (equalBytes(bytes, last.from, last.to, from, to)) return
    }
    const name = names.add()
    name.from = from
    name.to = to
    this.#byteLength += to - from
  }

  /** One of them, out of the same bytes. @throws RangeError when there is none of this index */
  read(bytes: Uint8Array, index: number): string {
    const { from, to } = this.#names.item(index)
    return textDecoder.decode(bytes.subarray(from, to))
  }
}

function equalBytes(
  bytes: Uint8Array,
  from: number,
  to: number,
  otherFrom: number,
  otherTo: number,
): boolean {
  if (to - from !== otherTo - otherFrom) return false
  for (let i = 0; i < to - from; i++) if (bytes[from + i] !== bytes[otherFrom + i]) return false
  return true
}
