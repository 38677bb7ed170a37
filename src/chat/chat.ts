import type { MessageAuthor, Messages, Reading } from '../../persistence/messages.ts'
import type { StoredMessage } from '../../persistence/messages.ts'
import type { Grant, Who } from '../auth/authority.ts'
import { covers } from '../base/access.ts'
import { RefusalError, reasonFor } from '../base/errors.ts'
import { describeError, type Log } from '../base/log.ts'
import type { Metrics } from '../base/metrics.ts'
import type { ChatVisitor, RoomChat } from '../room/room-chat.ts'
import { ChatRoom, type ChatRoomParts, type Member } from './chat-room.ts'
import { Posts, type PostsParts } from './posts.ts'
import { readSaid, type Said } from './said.ts'
import { messageView, type MessageView } from './view.ts'

/** What chat works with. */
export interface ChatParts extends ChatRoomParts, PostsParts {
  readonly messages: Messages
  readonly log: Log
  readonly metrics: Metrics
  /** Whether who somebody is stands in their grant alone. */
  readonly enforceIdentity: boolean
  readonly limits: ChatRoomParts['limits'] &
    PostsParts['limits'] & {
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
/** JSON writes a character in six at most, and there is little beside the text. */
const longestSaid = 6
const besideText = 4_096

/** Rooms of messages that are stored: one for each name, of a document or of none. */
export class Chat implements RoomChat {
  readonly #parts: ChatParts
  readonly #posts: Posts
  readonly #rooms = new Map<string, ChatRoom>()

  constructor(parts: ChatParts) {
    this.#parts = parts
    this.#posts = new Posts(parts)
  }

  /** How many rooms have somebody in them. */
  get size(): number {
    return this.#rooms.size
  }

  /** A client says something of the room of a document's name. It is told what became of it. */
  receive(room: string, session: ChatVisitor, text: string): void {
    const { limits } = this.#parts
    const isShort = text.length <= longestSaid * limits.chat_text_characters_max + besideText
    const said = isShort ? readSaid(text) : undefined
    if (said === undefined) {
      const kind = isShort ? 'bad-message' : 'message-too-long'
      return this.#fail(session, new RefusalError(kind), undefined)
    }
    const nonce = 'nonce' in said ? said.nonce : undefined
    try {
      this.#act(room, session, said)?.catch((error: unknown) => this.#fail(session, error, nonce))
    } catch (error) {
      this.#fail(session, error, nonce)
    }
  }

  /** A session has ended: it is in no room any more. */
  left(room: string, session: object): void {
    const open = this.#rooms.get(room)
    if (open?.leave(session) === true && open.size === 0) this.#rooms.delete(room)
  }

  /** Keeps a message and tells it to all in the room. @throws RefusalError */
  async post(
    room: string,
    actor: Actor,
    text: string,
    nonce: string | undefined,
    said: MessageAuthor = {},
  ): Promise<MessageView> {
    this.#demandComment(actor)
    this.#checkText(text)
    const stored = await this.#posts.post({
      room,
      by: this.#authorOf(actor.who, said),
      text,
      nonce,
    })
    this.#parts.metrics.messagesPosted++
    return this.#tell('message', stored, nonce)
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

  #act(name: string, session: ChatVisitor, said: Said): Promise<unknown> | undefined {
    if (said.type === 'join') return this.#join(name, session, said)
    const room = this.#rooms.get(name)
    const member = room?.find(session)
    if (room === undefined || member === undefined) throw new RefusalError('not-in-room')
    switch (said.type) {
      case 'post':
        room.typing(member, false)
        this.#charge(member)
        return this.#post(name, member, said)
      case 'older':
        this.#charge(member)
        return this.#older(name, session, said)
      case 'edit':
        this.#charge(member)
        return this.edit(name, session, said.seq, said.text, said.nonce)
      case 'delete':
        this.#charge(member)
        return this.delete(name, session, said.seq, said.nonce)
      case 'read':
        this.#charge(member)
        return this.#read(name, session, said.seq)
      case 'typing':
        this.#demandComment(session)
        room.typing(member, said.on)
        break
      case 'leave':
        this.left(name, session)
    }
    return undefined
  }

  async #join(
    name: string,
    session: ChatVisitor,
    said: Extract<Said, { readonly type: 'join' }>,
  ): Promise<void> {
    const room = this.#rooms.get(name) ?? new ChatRoom(this.#parts)
    this.#rooms.set(name, room)
    // On the topic first: what is posted while the page is read comes twice rather than never.
    const member = room.find(session) ?? room.join(session, this.#authorOf(session.who, said))
    this.#charge(member)
    const [page, reading] = await Promise.all([
      this.page(name, Number.MAX_SAFE_INTEGER, said.limit),
      this.reading(name, session),
    ])
    const members = { you: member.number, count: room.size, members: room.list() }
    answer(session, { type: 'joined', ...members, ...page, ...reading })
  }

  async #post(
    name: string,
    { by, session }: Member,
    { nonce, text }: Extract<Said, { readonly type: 'post' }>,
  ): Promise<void> {
    const { seq } = await this.post(name, session, text, nonce, by)
    answer(session, { type: 'sent', nonce, seq })
  }

  async #older(
    name: string,
    session: ChatVisitor,
    { before, limit }: Extract<Said, { readonly type: 'older' }>,
  ): Promise<void> {
    answer(session, { type: 'page', before, ...(await this.page(name, before, limit)) })
  }

  async #read(name: string, session: ChatVisitor, seq: number): Promise<void> {
    answer(session, { type: 'reading', ...(await this.read(name, session, seq)) })
  }

  async #find(room: string, actor: Actor, seq: number): Promise<StoredMessage> {
    this.#demandComment(actor)
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
    return this.#tell('changed', changed, nonce)
  }

  #tell(
    type: 'message' | 'changed',
    stored: StoredMessage,
    nonce: string | undefined,
  ): MessageView {
    const message = messageView(stored)
    this.#rooms.get(stored.room)?.tell({ type, message, nonce })
    return message
  }

  /** Who wrote something: their own word counts only where nobody vouches for anybody. */
  #authorOf(who: Who | undefined, said: MessageAuthor): MessageAuthor {
    const { color, id, name } = this.#parts.enforceIdentity ? (who ?? {}) : { ...said, ...who }
    return { id, name, color }
  }

  #demandComment({ access }: Actor): void {
    if (!covers(access, 'comment')) throw new RefusalError('messages-read-only')
  }

  #checkText(text: string): void {
    const { chat_text_characters_max: most } = this.#parts.limits
    const isLong = text.length > 2 * most || Array.from(text).length > most
    if (isLong) throw new RefusalError('message-too-long', `${most} characters are the limit.`)
    if (text.trim() === '' || !text.isWellFormed()) throw new RefusalError('bad-message')
  }

  #charge({ allowance }: Member): void {
    allowance.refill(this.#parts.clock.now())
    if (!allowance.take(1)) throw new RefusalError('messages-too-fast')
  }

  /** Only who said it hears that it failed. */
  #fail(session: ChatVisitor, error: unknown, nonce: string | undefined): void {
    const { log, metrics } = this.#parts
    const isRefusal = error instanceof RefusalError
    const kind = isRefusal ? error.kind : 'store-unavailable'
    const words = isRefusal ? error.message : reasonFor(kind, undefined)
    metrics.countRefusal(kind)
    if (!isRefusal) log.error('message-failed', { reason: describeError(error) })
    answer(session, { type: 'error', nonce, kind, words })
  }
}

/** What nobody is known to have written is changed by those with `admin` access. */
function isOwn({ by }: StoredMessage, { access, who }: Actor): boolean {
  return by.id === undefined ? covers(access, 'admin') : by.id === who?.id
}

function answer(session: ChatVisitor, what: object): void {
  if (!session.ended) session.send({ kind: 'chat', text: JSON.stringify(what) })
}
