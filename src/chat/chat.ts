import type { Cancel } from '../base/clock.ts'
import type { ChatVisitor, RoomChat } from '../room/room-chat.ts'
import { Allowances } from './allowances.ts'
import { ChatActs, type ChatActsParts } from './acts.ts'
import { dropOld, type DroppingParts } from './drop-old.ts'
import { OpenRooms, type OpenRoomsParts } from './rooms.ts'
import { Talk, type TalkParts } from './talk.ts'

/** What chat works with. */
export interface ChatParts
  extends ChatActsParts, OpenRoomsParts, Omit<TalkParts, 'allowances'>, DroppingParts {
  readonly limits: ChatActsParts['limits'] &
    OpenRoomsParts['limits'] &
    TalkParts['limits'] &
    DroppingParts['limits']
}

/** Rooms of messages that are stored: one for each name, of a document or of none. */
export class Chat extends ChatActs implements RoomChat {
  /** What each person may say; over HTTP as well. */
  readonly allowances: Allowances
  readonly #rooms: OpenRooms
  readonly #talk: Talk
  readonly #stopDropping: Cancel

  constructor(parts: ChatParts) {
    const rooms = new OpenRooms(parts)
    super(parts, rooms)
    this.#rooms = rooms
    this.allowances = new Allowances(parts)
    this.#talk = new Talk({ ...parts, allowances: this.allowances }, this, rooms)
    this.#stopDropping = dropOld(parts)
  }

  /** How many rooms have somebody in them. */
  get size(): number {
    return this.#rooms.size
  }

  /** A client says something of the room of a document's name. It is told what became of it. */
  receive(room: string, session: ChatVisitor, text: string): void {
    this.#talk.receive(room, session, text)
  }

  /** Another server says something of a room. */
  hear(room: string, server: string, text: string): void {
    this.#rooms.hear(room, server, text)
  }

  /** Another server has left. */
  serverLeft(server: string): void {
    this.#rooms.serverLeft(server)
  }

  /** The other servers are heard again. */
  up(): void {
    this.#rooms.up()
  }

  /** Looks for what other servers have done. */
  look(): void {
    this.#rooms.look()
  }

  /** A session has ended: it is in no room any more. @param isSentAway for it to come back */
  left(room: string, session: object, isSentAway: boolean): void {
    this.#rooms.leave(room, session, isSentAway)
  }

  /** Drops nothing any more, and waits for nobody. */
  end(): void {
    this.#stopDropping()
    this.#rooms.end()
  }
}
