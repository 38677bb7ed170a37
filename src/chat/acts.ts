import type { MessageAuthor, Messages, Reading } from '../../persistence/messages.ts'
import type { StoredMessage } from '../../persistence/messages.ts'
import type { Grant, Who } from '../auth/authority.ts'
import { covers } from '../base/access.ts'
import type { Metrics } from '../base/metrics.ts'
import { RefusalError } from '../base/errors.ts'
import { checkSaid } from '../base/said-text.ts'
import { Posts, type PostsParts } from './posts.ts'
import type { OpenRooms } from './rooms.ts'
import { messageView, type MessageView } from './view.ts'

/** What doing something in rooms works with. */
export interface ChatActsParts extends PostsParts {
  readonly messages: Messages
  readonly metrics: Metrics
  /** Whether who somebody is stands in their grant alone. */
  readonly enforceIdentity: boolean
  readonly limits: PostsParts['limits'] & {
    readonly chat_text_characters_max: number
    readonly chat_page_messages_max: number
  }
}

/** Who does something in a room, and what they may do there. */
export interface Actor {
  readonly access: Grant['access']
  readonly who: Who | undefined
}

/** A page of messages, newest first. */
export interface MessagesPage {
  readonly messages: readonly MessageView[]
  /** What to ask for the next one before; undefined where there is none. */
  readonly next: number | undefined
}

/** So many messages come where nobody says how many. */
const pageMessages = 50

/** What is done in rooms, by whoever may: it is stored, and then told. */
export class ChatActs {
  readonly #parts: ChatActsParts
  readonly #posts: Posts
  readonly #rooms: OpenRooms

  constructor(parts: ChatActsParts, rooms: OpenRooms) {
    this.#parts = parts
    this.#posts = new Posts(parts)
    this.#rooms = rooms
  }

  /** Keeps a message and tells it to all in the room. @throws RefusalError */
  async post(
    room: string,
    actor: Actor,
    text: string,
    nonce: string | undefined,
    said: MessageAuthor = {},
  ): Promise<MessageView> {
    demandComment(actor)
    this.#checkText(text)
    const stored = await this.#posts.post({
      room,
      by: this.authorOf(actor.who, said),
      text,
      nonce,
    })
    this.#parts.metrics.messagesPosted++
    return this.#tell(stored, nonce)
  }

  /** Messages of a room before one, newest first. */
  async page(room: string, before: number, limit = pageMessages): Promise<MessagesPage> {
    const { limits, messages } = this.#parts
    const most = Math.min(limit, limits.chat_page_messages_max)
    const found = await messages.page(room, before, most + 1)
    const shown = found.slice(0, most)
    const next = found.length > most ? shown.at(-1)?.seq : undefined
    return { messages: shown.map(messageView), next }
  }

  /** Changes one's own message. @throws RefusalError */
  async edit(
    room: string,
    actor: Actor,
    seq: number,
    text: string,
    nonce?: string,
  ): Promise<MessageView> {
    this.#checkText(text)
    const message = await this.#find(room, actor, seq)
    if (!isOwn(message, actor)) throw new RefusalError('not-your-message')
    return this.#change(room, seq, text, nonce)
  }

  /** Deletes one's own message, or with `admin` access anybody's. @throws RefusalError */
  async delete(room: string, actor: Actor, seq: number, nonce?: string): Promise<MessageView> {
    const message = await this.#find(room, actor, seq)
    const may = isOwn(message, actor) || covers(actor.access, 'admin')
    if (!may) throw new RefusalError('not-your-message')
    return this.#change(room, seq, undefined, nonce)
  }

  /** Notes how far somebody has read, where it is known who they are. */
  async read(room: string, { who }: Actor, seq: number): Promise<Reading> {
    const { messages } = this.#parts
    if (who?.id !== undefined) await messages.mark(room, who.id, seq)
    return messages.reading(room, who?.id)
  }

  /** How far somebody has read. */
  reading(room: string, { who }: Actor): Promise<Reading> {
    return this.#parts.messages.reading(room, who?.id)
  }

  /** Resolves when all that was posted is written. */
  flushed(): Promise<void> {
    return this.#posts.flushed()
  }

  async #find(room: string, actor: Actor, seq: number): Promise<StoredMessage> {
    demandComment(actor)
    const message = await this.#parts.messages.find(room, seq)
    if (message === undefined || message.deleted !== undefined) {
      throw new RefusalError('no-such-message')
    }
    return message
  }

  async #change(
    room: string,
    seq: number,
    text: string | undefined,
    nonce: string | undefined,
  ): Promise<MessageView> {
    const changed = await this.#parts.messages.change(room, seq, text)
    if (changed === undefined) throw new RefusalError('no-such-message')
    return this.#tell(changed, nonce)
  }

  #tell(stored: StoredMessage, nonce: string | undefined): MessageView {
    this.#rooms.done(stored, nonce)
    return messageView(stored)
  }

  /** Who wrote something: their own word counts only where nobody vouches for anybody. */
  authorOf(who: Who | undefined, said: MessageAuthor): MessageAuthor {
    const { color, id, name } = this.#parts.enforceIdentity ? (who ?? {}) : { ...said, ...who }
    return { id, name, color }
  }

  #checkText(text: string): void {
    const { chat_text_characters_max: most } = this.#parts.limits
    checkSaid(text, most, `${most} characters are the limit.`)
  }
}

/** What nobody is known to have written is changed by those with `admin` access. */
function isOwn({ by }: StoredMessage, { access, who }: Actor): boolean {
  return by.id === undefined ? covers(access, 'admin') : by.id === who?.id
}

/** @throws RefusalError without access to write messages */
export function demandComment({ access }: Pick<Actor, 'access'>): void {
  if (!covers(access, 'comment')) throw new RefusalError('messages-read-only')
}
