import { RefusalError, reasonFor } from '../base/errors.ts'
import { describeError, type Log } from '../base/log.ts'
import type { Clock } from '../base/clock.ts'
import type { Metrics } from '../base/metrics.ts'
import type { TokenBucket } from '../base/token-bucket.ts'
import type { ChatVisitor } from '../room/room-chat.ts'
import { type AllowanceParts, type Allowances, allowanceOf } from './allowances.ts'
import { chargeTo, newAllowance } from './allowances.ts'
import { type ChatActs, demandComment } from './acts.ts'
import type { Member } from './chat-room.ts'
import type { OpenRooms } from './rooms.ts'
import { readSaid, type Said } from './said.ts'

/** What talking with clients works with. */
export interface TalkParts {
  readonly clock: Clock
  readonly log: Log
  readonly metrics: Metrics
  readonly allowances: Allowances
  readonly limits: AllowanceParts['limits'] & { readonly chat_text_characters_max: number }
}

/** JSON writes a character in six at most, and there is little beside the text. */
const longestSaid = 6
const besideText = 4_096

/** What clients say in rooms over their sockets. */
export class Talk {
  readonly #parts: TalkParts
  readonly #chat: ChatActs
  readonly #rooms: OpenRooms
  /** What each connection may still say, whether it leaves a room and comes back or not. */
  readonly #allowed = new WeakMap<ChatVisitor, TokenBucket>()

  constructor(parts: TalkParts, chat: ChatActs, rooms: OpenRooms) {
    this.#parts = parts
    this.#chat = chat
    this.#rooms = rooms
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

  #act(name: string, session: ChatVisitor, said: Said): Promise<unknown> | undefined {
    if (said.type === 'join') return this.#join(name, session, said)
    const room = this.#rooms.find(name)?.people
    const member = room?.find(session)
    if (room === undefined || member === undefined) throw new RefusalError('not-in-room')
    switch (said.type) {
      case 'post':
        this.#chargeWriter(session)
        room.typing(member, false)
        return this.#post(name, member, said)
      case 'older':
        this.#charge(session)
        return this.#older(name, session, said)
      case 'edit':
        this.#chargeWriter(session)
        return this.#chat.edit(name, session, said.seq, said.text, said.nonce)
      case 'delete':
        this.#chargeWriter(session)
        return this.#chat.delete(name, session, said.seq, said.nonce)
      case 'read':
        this.#charge(session)
        return this.#read(name, session, said.seq)
      case 'typing':
        demandComment(session)
        this.#charge(session)
        room.typing(member, said.on)
        break
      case 'leave':
        this.#rooms.leave(name, session)
    }
    return undefined
  }

  async #join(
    name: string,
    session: ChatVisitor,
    said: Extract<Said, { readonly type: 'join' }>,
  ): Promise<void> {
    this.#charge(session)
    const { log, people } = this.#rooms.open(name)
    // On the topic first: what is posted while the page is read comes twice rather than never.
    const by = this.#chat.authorOf(session.who, said)
    const member = people.find(session) ?? people.join(session, by)
    await log.begin()
    const [page, reading] = await Promise.all([
      this.#chat.page(name, Number.MAX_SAFE_INTEGER, said.limit),
      this.#chat.reading(name, session),
    ])
    const members = { you: member.number, count: people.count, members: people.list() }
    answer(session, { type: 'joined', ...members, ...page, ...reading })
  }

  async #post(
    name: string,
    { by, session }: Member,
    { nonce, text }: Extract<Said, { readonly type: 'post' }>,
  ): Promise<void> {
    const { seq } = await this.#chat.post(name, session, text, nonce, by)
    answer(session, { type: 'sent', nonce, seq })
  }

  async #older(
    name: string,
    session: ChatVisitor,
    { before, limit }: Extract<Said, { readonly type: 'older' }>,
  ): Promise<void> {
    answer(session, { type: 'page', before, ...(await this.#chat.page(name, before, limit)) })
  }

  async #read(name: string, session: ChatVisitor, seq: number): Promise<void> {
    answer(session, { type: 'reading', ...(await this.#chat.read(name, session, seq)) })
  }

  /** Counts something that a connection says. @throws RefusalError `messages-too-fast` */
  #charge(session: ChatVisitor): void {
    const allowed = this.#allowed.get(session) ?? newAllowance(this.#parts)
    this.#allowed.set(session, allowed)
    chargeTo(allowed, this.#parts.clock)
  }

  /** Counts what is written by its person too, over all their connections and HTTP. */
  #chargeWriter(session: ChatVisitor): void {
    this.#charge(session)
    const { allowances } = this.#parts
    if (session.who?.id !== undefined) allowances.charge(allowanceOf(session.who.id))
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

function answer(session: ChatVisitor, what: object): void {
  if (!session.ended) session.send({ kind: 'chat', text: JSON.stringify(what) })
}
