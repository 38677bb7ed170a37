import type { Messages, MessagesKept, MessagesSince, NewMessage } from '../messages.ts'
import type { Reading, RoomHead, StoredMessage } from '../messages.ts'

interface Kept extends StoredMessage {
  readonly nonce: string | undefined
}

interface Room {
  last: number
  acts: number
  messages: readonly Kept[]
  readonly read: Map<string, number>
}

/** Messages that last as long as the process. */
export class MemoryMessages implements Messages {
  readonly #rooms = new Map<string, Room>()
  readonly #check: (room: string) => void
  readonly #now: () => number

  /** @param check throws where a name is none, or nothing can be asked any more */
  constructor(check: (room: string) => void, now: () => number) {
    this.#check = check
    this.#now = now
  }

  async post(
    messages: readonly NewMessage[],
    kept: MessagesKept,
  ): Promise<readonly StoredMessage[]> {
    for (const { room } of messages) this.#check(room)
    return messages.map((message) => this.#post(message, kept))
  }

  #post({ room: name, by, text, nonce }: NewMessage, { count, ms }: MessagesKept): Kept {
    const room = this.#rooms.get(name) ?? { last: 0, acts: 0, messages: [], read: new Map() }
    this.#rooms.set(name, room)
    const same = room.messages.find((one) => one.nonce === nonce && one.by.id === by.id)
    if (nonce !== undefined && same !== undefined) return same
    const at = this.#now()
    const message = { room: name, seq: ++room.last, act: ++room.acts, at, by, text, nonce }
    room.messages = [...room.messages, message].slice(-count).filter((one) => one.at >= at - ms)
    return message
  }

  async page(room: string, before: number, limit: number): Promise<readonly StoredMessage[]> {
    this.#check(room)
    const some = this.#rooms.get(room)?.messages.filter(({ seq }) => seq < before) ?? []
    return some.slice(-limit).toReversed()
  }

  async find(room: string, seq: number): Promise<StoredMessage | undefined> {
    this.#check(room)
    return this.#rooms.get(room)?.messages.find((one) => one.seq === seq)
  }

  async change(
    name: string,
    seq: number,
    text: string | undefined,
  ): Promise<StoredMessage | undefined> {
    this.#check(name)
    const room = this.#rooms.get(name)
    const found = room?.messages.find((one) => one.seq === seq)
    if (room === undefined || found === undefined || found.deleted !== undefined) return undefined
    const now = this.#now()
    const act = ++room.acts
    const changed: Kept =
      text === undefined
        ? { ...found, act, text: '', deleted: now }
        : { ...found, act, text, edited: now }
    room.messages = room.messages.map((one) => (one === found ? changed : one))
    return changed
  }

  async mark(name: string, reader: string, seq: number): Promise<void> {
    this.#check(name)
    const room = this.#rooms.get(name)
    const read = Math.min(seq, room?.last ?? 0)
    room?.read.set(reader, Math.max(read, room.read.get(reader) ?? 0))
  }

  async reading(name: string, reader: string | undefined): Promise<Reading> {
    this.#check(name)
    const room = this.#rooms.get(name)
    const read = reader === undefined ? 0 : (room?.read.get(reader) ?? 0)
    const unread = room?.messages.filter(
      ({ by, deleted, seq }) =>
        seq > read && deleted === undefined && (by.id === undefined || by.id !== reader),
    )
    return { last: room?.last ?? 0, read, unread: unread?.length ?? 0 }
  }

  async heads(believed: readonly RoomHead[]): Promise<readonly RoomHead[]> {
    return believed.flatMap(({ act, room }) => {
      this.#check(room)
      const acts = this.#rooms.get(room)?.acts ?? 0
      return acts === act ? [] : [{ room, act: acts }]
    })
  }

  async since(name: string, act: number, limit: number): Promise<MessagesSince> {
    this.#check(name)
    const room = this.#rooms.get(name)
    const behind = room?.messages.filter((one) => one.act > act) ?? []
    const messages = behind.toSorted((a, b) => a.act - b.act).slice(0, limit)
    const isAll = messages.length === behind.length
    const through = isAll ? room?.acts : messages.at(-1)?.act
    return { messages, act: through ?? 0, last: room?.last ?? 0 }
  }

  async dropOld(ms: number, limit: number): Promise<number> {
    const before = this.#now() - ms
    let dropped = 0
    for (const room of this.#rooms.values()) {
      const old = room.messages.filter(({ at }) => at < before).slice(0, limit - dropped)
      room.messages = room.messages.filter((one) => !old.includes(one))
      dropped += old.length
    }
    return dropped
  }

  /** Drops a room. */
  forget(room: string): void {
    this.#rooms.delete(room)
  }
}
