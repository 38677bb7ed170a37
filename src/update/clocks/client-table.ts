/** Clients of the one table that is enough for almost every document. */
const firstMost = 16_384
/** Tables of all others. */
const tables = 32

/**
 * By the highest bits of a client's hash the table that it lies in. They get more and more of them,
 * the last twice as many as the first: so no two of them double in the same moment.
 */
const placeOfBits = Uint8Array.from({ length: 4_096 }, (_, bits) =>
  Math.floor(tables * Math.log2(1 + bits / 4_096)),
)

/**
 * Something of each of very many clients. A table that doubles moves all that is in it in one turn
 * of the event loop, which takes 50 ms for a million clients; so they lie in several.
 */
export class ClientTable<Value extends object | number> {
  readonly #first = new Map<number, Value>()
  readonly #others: Map<number, Value>[] = []
  #size = 0

  /** How many clients. */
  get size(): number {
    return this.#size
  }

  get(client: number): Value | undefined {
    const value = this.#first.get(client)
    if (value !== undefined || this.#others.length === 0) return value
    return this.#others[placeOf(client)]?.get(client)
  }

  has(client: number): boolean {
    return this.get(client) !== undefined
  }

  set(client: number, value: Value): void {
    const table = this.#tableOf(client)
    const before = table.size
    this.#size += table.set(client, value).size - before
  }

  /** Whether something holds of all of them. */
  every(holds: (client: number, value: Value) => boolean): boolean {
    for (const table of [this.#first, ...this.#others]) {
      for (const [client, value] of table) if (!holds(client, value)) return false
    }
    return true
  }

  /** The one in which a client is, or belongs. */
  #tableOf(client: number): Map<number, Value> {
    const first = this.#first
    if (first.size < firstMost || first.has(client)) return first
    if (this.#others.length === 0) {
      for (let count = 0; count < tables; count++) this.#others.push(new Map())
    }
    return this.#others[placeOf(client)] ?? first
  }
}

function placeOf(client: number): number {
  return placeOfBits[Math.imul(client, 0x9e_37_79_b1) >>> 20] ?? 0
}
