import type { Granted } from 'ytopic/granted'
import { answered, type Copy, found, inTransaction, type Row, type Tables } from './database.ts'
import { openSealed, seal } from './sealing.ts'

/** The row before the first one. */
export const noRow = -1

/** What is kept beyond what a tab has. */
export interface Beyond {
  readonly copy: Copy
  readonly updates: readonly Uint8Array[]
}

/** Thrown where a copy is not there any more. */
class DiscardedError extends Error {
  override readonly name = 'DiscardedError'

  constructor() {
    super('it was discarded in another tab.')
  }
}

/** The copies of one document for one person on this device. Bytes only: it knows no Yjs. */
export class Copies {
  readonly #place: string
  readonly #key: CryptoKey | undefined

  /** @param key seals what is kept */
  constructor(place: string, key: CryptoKey | undefined) {
    this.#place = place
    this.#key = key
  }

  /** The copy in use; a new one where there is none. */
  current(): Promise<Copy> {
    return inTransaction('readwrite', 'relaxed', async ({ copies }) => {
      const all = await this.#all(copies)
      return all.find(inUse) ?? this.#begin(copies, all, undefined)
    })
  }

  /** What is kept of that life beyond the row. @throws DOMException for another key's */
  async beyond(life: number, row: number): Promise<Beyond> {
    const { copy, rows } = await inTransaction('readonly', 'relaxed', async (tables) => ({
      copy: await this.#copy(tables, life),
      rows: await found<Row[]>(tables.rows.getAll(this.#rows(life, row))),
    }))
    const { folded, snapshot } = copy
    const sealed = rows.map(({ update }) => update)
    if (snapshot !== undefined && folded > row) sealed.unshift(snapshot)
    const updates = await Promise.all(sealed.map((bytes) => openSealed(bytes, this.#key)))
    return { copy, updates }
  }

  /** Keeps an update. Resolves when it is on the disk of the device. */
  async append({ life }: Copy, bytes: Uint8Array, edits: number): Promise<Copy> {
    const update = await seal(bytes, this.#key)
    return inTransaction('readwrite', 'strict', async (tables) => {
      const copy = await this.#copy(tables, life)
      const row = copy.last + 1
      await answered(tables.rows.add({ place: this.#place, life, row, update, edits }))
      return put(tables, { ...copy, last: row, pending: copy.pending + edits })
    })
  }

  /** Puts a snapshot in the place of the rows up to that one, unless another tab was quicker. */
  async fold({ life }: Copy, bytes: Uint8Array, row: number): Promise<Copy> {
    const snapshot = await seal(bytes, this.#key)
    return inTransaction('readwrite', 'strict', async (tables) => {
      const copy = await this.#copy(tables, life)
      if (copy.folded > row) return copy
      await answered(tables.rows.delete(this.#rows(life, noRow, row)))
      // What other tabs would take for the snapshot that they have gets a number of its own.
      const folded = copy.last === copy.folded ? row + 1 : row
      return put(tables, { ...copy, snapshot, folded, last: Math.max(copy.last, folded) })
    })
  }

  /** The server has on its disk what is in the rows up to that one; `vector` is of all that. */
  acknowledge({ life }: Copy, row: number, vector: Uint8Array): Promise<Copy> {
    return inTransaction('readwrite', 'relaxed', async (tables) => {
      const copy = await this.#copy(tables, life)
      // What another tab has folded since cannot be counted any more: that tab will tell.
      if (copy.folded > row) return copy
      const rows = await found<Row[]>(tables.rows.getAll(this.#rows(life, row)))
      const pending = rows.reduce((sum, { edits }) => sum + edits, 0)
      return put(tables, { ...copy, pending, acknowledged: vector })
    })
  }

  /**
   * The server has told of which life the document is: the copy in use is named so, or set aside
   * for a new one where it is of another.
   * @returns the copy that is in use then
   */
  name({ access, incarnation }: Granted): Promise<Copy> {
    return inTransaction('readwrite', 'strict', async (tables) => {
      const all = await this.#all(tables.copies)
      const copy = all.find(inUse) ?? (await this.#begin(tables.copies, all, incarnation))
      const named = { ...copy, access, incarnation: incarnation ?? copy.incarnation }
      const isSame = copy.incarnation === named.incarnation
      if (isSame && copy.access === access) return copy
      if (isSame || copy.incarnation === undefined || isEmpty(copy)) return put(tables, named)
      await put(tables, { ...copy, endedAt: Date.now() })
      return put(tables, { ...(await this.#begin(tables.copies, all, incarnation)), access })
    })
  }

  /** Sets the copy in use aside, where it cannot be read, and gives a new one. */
  setAside({ life }: Copy): Promise<Copy> {
    return inTransaction('readwrite', 'strict', async (tables) => {
      const all = await this.#all(tables.copies)
      const copy = all.find(inUse)
      if (copy !== undefined && copy.life !== life) return copy
      if (copy !== undefined) await put(tables, { ...copy, endedAt: Date.now() })
      return this.#begin(tables.copies, all, undefined)
    })
  }

  /** The copies that were set aside, the latest first. */
  earlier(): Promise<readonly Copy[]> {
    return inTransaction('readonly', 'relaxed', async ({ copies }) =>
      (await this.#all(copies)).filter((copy) => !inUse(copy)).toReversed(),
    )
  }

  /** Discards a copy with all that is in it. */
  discard({ life }: Copy): Promise<void> {
    return inTransaction('readwrite', 'strict', async ({ copies, rows }) => {
      await answered(rows.delete(this.#rows(life, noRow)))
      await answered(copies.delete([this.#place, life]))
    })
  }

  async #all(copies: IDBObjectStore): Promise<readonly Copy[]> {
    const range = IDBKeyRange.bound([this.#place, 0], [this.#place, Infinity])
    const all = await found<readonly Copy[]>(copies.getAll(range))
    return all
  }

  async #copy({ copies }: Tables, life: number): Promise<Copy> {
    const copy = await found<Copy | undefined>(copies.get([this.#place, life]))
    if (copy === undefined) throw new DiscardedError()
    return copy
  }

  #rows(life: number, after: number, to = Infinity): IDBKeyRange {
    return IDBKeyRange.bound([this.#place, life, after], [this.#place, life, to], true)
  }

  async #begin(
    copies: IDBObjectStore,
    all: readonly Copy[],
    incarnation: string | undefined,
  ): Promise<Copy> {
    const copy: Copy = {
      place: this.#place,
      life: (all.at(-1)?.life ?? 0) + 1,
      incarnation,
      access: undefined,
      snapshot: undefined,
      folded: 0,
      last: 0,
      pending: 0,
      acknowledged: undefined,
      endedAt: undefined,
    }
    await answered(copies.put(copy))
    return copy
  }
}

async function put({ copies }: Tables, copy: Copy): Promise<Copy> {
  await answered(copies.put(copy))
  return copy
}

function inUse({ endedAt }: Copy): boolean {
  return endedAt === undefined
}

function isEmpty({ last, snapshot }: Copy): boolean {
  return last === 0 && snapshot === undefined
}
