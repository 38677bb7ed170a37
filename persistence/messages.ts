/** Who wrote a message, as it was then. */
export interface MessageAuthor {
  /** Of the person, where somebody vouched for who that is. */
  readonly id?: string | undefined
  readonly name?: string | undefined
  readonly color?: string | undefined
}

/** A message to be kept. */
export interface NewMessage {
  readonly room: string
  readonly by: MessageAuthor
  readonly text: string
  /** The sender's own name for it: of one person, or one nameless sender, it comes once. */
  readonly nonce?: string | undefined
}

/** A message that is kept. */
export interface StoredMessage {
  readonly room: string
  /** Counts up from 1 in its room, and is never given twice. */
  readonly seq: number
  /**
   * Number of what was done to it last, be it posted, changed or deleted: counts up in its room as
   * that becomes visible.
   */
  readonly act: number
  /** In milliseconds since 1970, by the store's clock. */
  readonly at: number
  readonly by: MessageAuthor
  /** Empty where it was deleted. */
  readonly text: string
  /** When it was changed last; undefined where it was not. */
  readonly edited?: number | undefined
  /** When it was deleted; undefined where it was not. */
  readonly deleted?: number | undefined
}

/** How much is kept of each room. */
export interface MessagesKept {
  readonly count: number
  readonly ms: number
}

/** How far a room has come: the number of what was done last in it, 0 before anything was. */
export interface RoomHead {
  readonly room: string
  readonly act: number
}

/** What was done in a room behind a place. */
export interface MessagesSince {
  /** The messages that it was done to, as they are now, in the order of their acts. */
  readonly messages: readonly StoredMessage[]
  /** How far that goes: as far as the room has come, or to the last of so many. */
  readonly act: number
  /** Number of the room's newest message; 0 where there never was one. */
  readonly last: number
}

/** How far somebody has read a room. */
export interface Reading {
  /** Number of the newest message; 0 where there never was one. */
  readonly last: number
  /** Up to which one somebody has read; 0 where they have read nothing. */
  readonly read: number
  /** Messages of others that came after it and were not deleted. */
  readonly unread: number
}

/**
 * Messages in rooms, beside a store's documents. A room is a name, whether or not there is a
 * document of it; one that has never been written in is empty. What is purged with a document takes
 * the room of its name with it. Names and rejections are as with a `Store`.
 */
export interface Messages {
  /**
   * Keeps messages, all or none, and drops what the rooms then have too much of. Resolves when they
   * are on disk. One whose nonce its sender has used in that room is not kept again: the one that
   * is there is given.
   */
  post(messages: readonly NewMessage[], kept: MessagesKept): Promise<readonly StoredMessage[]>
  /** Messages of a room before one, newest first. */
  page(room: string, before: number, limit: number): Promise<readonly StoredMessage[]>
  /** One message; undefined where there is none. */
  find(room: string, seq: number): Promise<StoredMessage | undefined>
  /**
   * Changes a message, or deletes it: then nothing of its text is kept.
   * @param text undefined to delete it
   * @returns what it is now; undefined where there is none, or it was deleted
   */
  change(room: string, seq: number, text: string | undefined): Promise<StoredMessage | undefined>
  /** Notes that somebody has read up to one; never less than before. */
  mark(room: string, reader: string, seq: number): Promise<void>
  /** How far somebody has read. @param reader undefined for somebody without an id */
  reading(room: string, reader: string | undefined): Promise<Reading>
  /** Of many rooms those that do not stand where it is believed. */
  heads(believed: readonly RoomHead[]): Promise<readonly RoomHead[]>
  /** What was done in a room behind a place, so much at a time. */
  since(room: string, act: number, limit: number): Promise<MessagesSince>
  /**
   * Drops messages that are older than so many milliseconds, in whichever room.
   * @param limit how many at most
   * @returns how many
   */
  dropOld(ms: number, limit: number): Promise<number>
}
