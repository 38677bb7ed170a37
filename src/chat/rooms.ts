import type { RoomHead, StoredMessage } from '../../persistence/messages.ts'
import { describeError } from '../base/log.ts'
import { doneWord, type OtherServers, readWord, type Word, writeWord } from './between-servers.ts'
import { ChatRoom, type ChatRoomParts } from './chat-room.ts'
import { type Happening, RoomLog, type RoomLogParts } from './room-log.ts'
import { messageView } from './view.ts'

/** What open rooms work with. */
export interface OpenRoomsParts
  extends RoomLogParts, Omit<ChatRoomParts, 'emptied' | 'nextNumber' | 'sayElsewhere'> {
  /** The other servers, where they are heard. */
  readonly cluster?: OtherServers | undefined
}

/** A room with somebody in it, and what was told there. */
export interface OpenRoom {
  readonly people: ChatRoom
  readonly log: RoomLog
}

/** The rooms with somebody in them on this server. */
export class OpenRooms {
  readonly #parts: OpenRoomsParts
  readonly #rooms = new Map<string, OpenRoom>()
  #lastNumber = 0
  #looking = false

  constructor(parts: OpenRoomsParts) {
    this.#parts = parts
  }

  get size(): number {
    return this.#rooms.size
  }

  find(name: string): OpenRoom | undefined {
    return this.#rooms.get(name)
  }

  /** The room of a name, for somebody who joins it. */
  open(name: string): OpenRoom {
    const open = this.#rooms.get(name)
    if (open !== undefined) return open
    const people = new ChatRoom({
      ...this.#parts,
      nextNumber: () => ++this.#lastNumber,
      sayElsewhere: (word) => this.#say(name, word),
      emptied: () => this.#close(name),
    })
    const log = new RoomLog(name, this.#parts, (type, { message, nonce }) =>
      people.tell({ type, message: messageView(message), nonce }),
    )
    const room = { people, log }
    this.#rooms.set(name, room)
    return room
  }

  /** Somebody leaves; a room without anybody is none. */
  leave(name: string, session: object, isSentAway = false): void {
    const people = this.#rooms.get(name)?.people
    if (people?.leave(session, isSentAway) === true && people.size === 0) this.#close(name)
  }

  /** Waits for nobody any more. */
  end(): void {
    for (const { people } of this.#rooms.values()) people.end()
  }

  #close(name: string): void {
    const room = this.#rooms.get(name)
    room?.people.end()
    room?.log.end()
    this.#rooms.delete(name)
  }

  /** Tells those in the room of what is stored, here and elsewhere. */
  done(message: StoredMessage, nonce: string | undefined): void {
    const happening: Happening = { message, nonce }
    this.#rooms.get(message.room)?.log.take(happening)
    this.#say(message.room, doneWord(happening))
  }

  /** Takes what another server says of a room. */
  hear(name: string, server: string, text: string): void {
    const room = this.#rooms.get(name)
    const word = room && readWord(text)
    switch (word?.kind) {
      case 'done':
        if (word.happening === undefined) room?.log.stands(word.act)
        else room?.log.take(word.happening)
        return
      case 'here': {
        room?.people.hearHere(server, word.fellows, word.count)
        // Not all at once.
        const answerMs = this.#parts.cluster?.answerMs ?? 0
        const answer = (): void => this.#rooms.get(name)?.people.sayOwn(false)
        if (word.asks) this.#parts.clock.after(answerMs, answer)
        return
      }
      case 'typing':
        return room?.people.hearTyping(server, word.number, word.on)
      case 'away':
        return room?.people.hearAway(server, word.number)
      case undefined:
    }
  }

  /** A server has left, and so have those who were in rooms there. */
  serverLeft(server: string): void {
    for (const { people } of this.#rooms.values()) people.hearHere(server, [], 0)
  }

  /** What was said may have been lost. */
  up(): void {
    for (const { people } of this.#rooms.values()) people.sayOwn(true)
  }

  /** Asks the store whether other servers have done something that was not heard of. */
  look(): void {
    for (const { people } of this.#rooms.values()) people.sayOwnAgain()
    if (this.#looking) return
    this.#looking = true
    this.#look()
      .catch((error: unknown) =>
        this.#parts.log.warn('heads-unknown', { reason: describeError(error) }),
      )
      .finally(() => {
        this.#looking = false
      })
  }

  async #look(): Promise<void> {
    const believed: RoomHead[] = []
    for (const [room, { log }] of this.#rooms) {
      if (log.act !== undefined) believed.push({ room, act: log.act })
    }
    if (believed.length === 0) return
    for (const { act, room } of await this.#parts.messages.heads(believed)) {
      this.#rooms.get(room)?.log.stands(act)
    }
  }

  #say(room: string, word: Word): void {
    this.#parts.cluster?.say(room, { kind: 'chat', text: writeWord(word) })
  }
}
