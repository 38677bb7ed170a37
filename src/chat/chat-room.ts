import type { MessageAuthor } from '../../persistence/messages.ts'
import type { Cancel, Clock } from '../base/clock.ts'
import { TokenBucket } from '../base/token-bucket.ts'
import type { Broadcast } from '../room/peer.ts'
import type { ChatVisitor } from '../room/room-chat.ts'
import { personView, type PersonView } from './view.ts'

/** What rooms work with. */
export interface ChatRoomParts {
  readonly broadcast: Broadcast
  readonly clock: Clock
  readonly limits: {
    readonly chat_typing_ms: number
    readonly chat_news_ms: number
    readonly chat_members_told_max: number
    readonly chat_posts_per_second_max: number
    readonly chat_posts_burst_max: number
  }
}

/** Somebody in a room. */
export interface Member {
  /** Its number in the room, while it is there. */
  readonly number: number
  readonly session: ChatVisitor
  readonly by: MessageAuthor
  /** What it may still post. */
  readonly allowance: TokenBucket
  /** Ends that it types; undefined while it does not. */
  typing: Cancel | undefined
}

/** A member as clients are told of it. */
export interface MemberView {
  readonly member: number
  readonly user: PersonView
}

/** Who is in a room, and what is said to all of them. What is said is kept elsewhere. */
export class ChatRoom {
  readonly #parts: ChatRoomParts
  readonly #members = new Map<object, Member>()
  /** Who has come and gone since that was told. */
  #joined: MemberView[] = []
  #left: number[] = []
  #telling = false
  #lastNumber = 0

  constructor(parts: ChatRoomParts) {
    this.#parts = parts
  }

  get size(): number {
    return this.#members.size
  }

  find(session: object): Member | undefined {
    return this.#members.get(session)
  }

  /** The first of them, as newcomers are told. */
  list(): readonly MemberView[] {
    const { chat_members_told_max: most } = this.#parts.limits
    return [...this.#members.values()].slice(0, most).map(memberView)
  }

  /** Lets somebody in, who hears from now on what is said. */
  join(session: ChatVisitor, by: MessageAuthor): Member {
    const { clock, limits } = this.#parts
    const { chat_posts_burst_max: burst, chat_posts_per_second_max: perSecond } = limits
    const allowance = new TokenBucket(perSecond, burst, clock.now())
    const member = { number: ++this.#lastNumber, session, by, allowance, typing: undefined }
    this.#members.set(session, member)
    session.peer.subscribe(topicOf(session))
    this.#joined.push(memberView(member))
    this.#tellSoon()
    return member
  }

  /** Somebody leaves, and types no more. @returns whether they were here */
  leave(session: object): boolean {
    const member = this.#members.get(session)
    if (member === undefined) return false
    this.#members.delete(session)
    member.session.peer.unsubscribe(topicOf(member.session))
    this.typing(member, false)
    const isUntold = this.#joined.some((one) => one.member === member.number)
    if (isUntold) this.#joined = this.#joined.filter((one) => one.member !== member.number)
    else this.#left.push(member.number)
    this.#tellSoon()
    return true
  }

  /** Somebody types, or not any more. It ends by itself after a while; only changes are told. */
  typing(member: Member, on: boolean): void {
    const was = member.typing !== undefined
    member.typing?.()
    const { clock, limits } = this.#parts
    member.typing = on
      ? clock.after(limits.chat_typing_ms, () => this.typing(member, false))
      : undefined
    if (was !== on) this.tell({ type: 'typing', ...memberView(member), on })
  }

  /** Says something to everybody here: once natively for each of their topics. */
  tell(what: object): void {
    const text = JSON.stringify(what)
    const told = new Set<string>()
    for (const { session } of this.#members.values()) {
      const topic = topicOf(session)
      if (told.has(topic)) continue
      told.add(topic)
      const bytes = session.codec.encode({ kind: 'chat', text })
      if (bytes !== undefined) this.#parts.broadcast(topic, bytes)
    }
  }

  /** Those who come and go by the hundred are told of together. */
  #tellSoon(): void {
    const { clock, limits } = this.#parts
    if (this.#telling) return
    this.#telling = true
    clock.after(limits.chat_news_ms, () => {
      const { chat_members_told_max: most } = limits
      const [joined, left] = [this.#joined.slice(0, most), this.#left.slice(0, most)]
      this.#joined = []
      this.#left = []
      this.#telling = false
      this.tell({ type: 'members', count: this.size, joined, left })
    })
  }
}

function memberView({ by, number }: Member): MemberView {
  return { member: number, user: personView(by) }
}

/** The chat's part of a session's topic. */
function topicOf({ topic }: ChatVisitor): string {
  return `chat:${topic}`
}
