import type * as Y from 'yjs'
import { type Message, readMessage } from './read-message.ts'
import type { Direction } from './socket.ts'

/** A message that has passed. Times are in milliseconds of the page's clock. */
export interface Entry extends Message {
  readonly number: number
  readonly direction: Direction
  readonly at: number
  readonly bytes: number
  /** When what is in it was written; undefined for what others wrote. */
  readonly typedAt: number | undefined
  /** When another one who is looked at on this page had it. */
  relayedAt: number | undefined
  /** When the server said that it is on its disk. */
  confirmedAt: number | undefined
}

/** So many are kept. */
const entriesMax = 200

/** What was sent by those who are looked at on this page, by the place of its first struct. */
const sent = new Map<string, Entry>()
const sentMax = 2_000

/** The last messages of one connection after another. */
export class Log {
  readonly entries: Entry[] = []
  readonly #protocol: 'y-websocket' | 'hocuspocus'
  readonly #doc: Y.Doc
  /** Of this connection, those that the server confirms, in their order. */
  #unconfirmed: Entry[] = []
  #confirmed = 0
  #number = 0
  #typedAt: number | undefined

  constructor(protocol: 'y-websocket' | 'hocuspocus', doc: Y.Doc) {
    this.#protocol = protocol
    this.#doc = doc
    doc.on('beforeTransaction', this.#onTransaction)
  }

  /** When a receipt was last waited for, and how long, from typing on. */
  get lastReceiptMs(): number | undefined {
    const last = this.entries.findLast(({ confirmedAt }) => confirmedAt !== undefined)
    return last?.confirmedAt === undefined ? undefined : last.confirmedAt - last.at
  }

  /** A connection begins: the server counts from nothing. */
  opened(): void {
    this.#unconfirmed = []
    this.#confirmed = 0
  }

  add(direction: Direction, bytes: Uint8Array): Entry {
    const message = readMessage(bytes, this.#protocol)
    const at = performance.now()
    const entry: Entry = {
      ...message,
      number: ++this.#number,
      direction,
      at,
      bytes: bytes.length,
      typedAt: direction === 'out' && message.kind === 'update' ? this.#typedAt : undefined,
      relayedAt: undefined,
      confirmedAt: undefined,
    }
    this.entries.push(entry)
    if (this.entries.length > entriesMax) this.entries.shift()
    if (direction === 'out') this.#sent(entry)
    else this.#received(entry)
    return entry
  }

  end(): void {
    this.#doc.off('beforeTransaction', this.#onTransaction)
  }

  readonly #onTransaction = ({ local }: Y.Transaction): void => {
    if (local) this.#typedAt = performance.now()
  }

  #sent(entry: Entry): void {
    if (entry.update === undefined) return
    this.#unconfirmed.push(entry)
    const key = placeOf(entry)
    if (key === undefined) return
    sent.set(key, entry)
    const [oldest] = sent.keys()
    if (sent.size > sentMax && oldest !== undefined) sent.delete(oldest)
  }

  #received(entry: Entry): void {
    const { at, confirmed, status } = entry
    const key = placeOf(entry)
    const original = key === undefined ? undefined : sent.get(key)
    if (original !== undefined && original.at < at) original.relayedAt ??= at
    const through = confirmed ?? this.#confirmed + (status === true ? 1 : 0)
    const count = through - this.#confirmed
    this.#confirmed = through
    for (const one of this.#unconfirmed.splice(0, Math.max(0, count))) one.confirmedAt = at
    if (status === false) this.#unconfirmed.shift()
  }
}

function placeOf({ update }: Entry): string | undefined {
  const [first] = update?.ids ?? []
  return first === undefined ? undefined : first.join(' ')
}
