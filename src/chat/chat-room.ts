import type { MessageAuthor } from '../../persistence/messages.ts'
import { Awaited, type Cancel, type Clock } from '../base/clock.ts'
import type { Broadcast } from '../room/peer.ts'
import type { ChatVisitor } from '../room/room-chat.ts'
import type { Fellow, Word } from './between-servers.ts'
import { Elsewhere, type Guest, isSame, type Moves } from './elsewhere.ts'
import { personView, type PersonView } from './view.ts'

/** What rooms work with. */
export interface ChatRoomParts {
  /** Gives somebody a number that nobody else has on this server. */
  readonly nextNumber: () => number
  /** Says something of the room to the other servers. */
  readonly sayElsewhere: (word: Word) => void
  /** Told when the last who was waited for has not come back, and nobody is here. */
  readonly emptied: () => void
  readonly broadcast: Broadcast
  readonly clock: Clock
  readonly limits: {
    readonly chat_typing_ms: number
    readonly chat_news_ms: number
    readonly chat_members_told_max: number
    readonly handover_ms_max: number
  }
}

/** Somebody in a room. */
export interface Member {
  /** Its number, while it is there. */
  readonly number: number
  readonly session: ChatVisitor
  readonly by: MessageAuthor
  /** Ends that it types; undefined while it does not. */
  typing: Cancel | undefined
  /** When the other servers were told last that it types. */
  typingSaidAt: number
}

/** A member as clients are told of it. */
export interface MemberView {
  readonly member: number
  readonly user: PersonView
}

/** So often it is said to the other servers who is here, though nobody comes or goes. */
const sayAgainMs = 15_000

/** Who is in a room, and what is said to all of them. */
export class ChatRoom {
  readonly #parts: ChatRoomParts
  readonly #members = new Map<object, Member>()
  readonly #elsewhere: Elsewhere
  /** Those who were sent away and are on their way back, here or to another server. */
  readonly #away = new Awaited<Member>()
  #cancelAway: Cancel | undefined
  /** Who has come and gone since that was told. */
  readonly #joined = new Map<number, MemberView>()
  #left: number[] = []
  #telling = false
  #toldCount = 0
  /** Whether other servers do not know yet who is here. */
  #isUnsaid = false
  #saidAt: number

  constructor(parts: ChatRoomParts) {
    this.#parts = parts
    this.#elsewhere = new Elsewhere((by) => this.#takeBack(by), parts.nextNumber)
    this.#saidAt = parts.clock.now()
  }

  /** How many are here, on this server, or on their way back from it. */
  get size(): number {
    return this.#members.size + this.#away.size
  }

  /** How many there are on all servers. */
  get count(): number {
    return this.size + this.#elsewhere.count
  }

  find(session: object): Member | undefined {
    return this.#members.get(session)
  }

  /** The first of them, as newcomers are told. */
  list(): readonly MemberView[] {
    const { chat_members_told_max: most } = this.#parts.limits
    const here = this.#all().take(most).map(memberView)
    return [...here, ...this.#elsewhere.guests.map(guestView)].slice(0, most)
  }

  /** Lets somebody in, who hears from now on what is said. */
  join(session: ChatVisitor, by: MessageAuthor): Member {
    const before = this.#takeBack(by) ?? this.#elsewhere.takeBack(by)
    const number = before ?? this.#parts.nextNumber()
    const typing = { typing: undefined, typingSaidAt: Number.NEGATIVE_INFINITY }
    const member: Member = { number, session, by, ...typing }
    this.#members.set(session, member)
    session.peer.subscribe(topicOf(session))
    if (before === undefined) this.#joined.set(number, memberView(member))
    this.#isUnsaid = true
    this.#tellSoon()
    return member
  }

  /**
   * Somebody leaves, and types no more.
   * @param isSentAway whether they were told to come back: until then nothing is said of it
   * @returns whether they were here
   */
  leave(session: object, isSentAway: boolean): boolean {
    const member = this.#members.get(session)
    if (member === undefined) return false
    this.#members.delete(session)
    member.session.peer.unsubscribe(topicOf(member.session))
    this.typing(member, false)
    if (isSentAway) this.#expect(member)
    else this.#isGone(member)
    return true
  }

  /** Waits for nobody any more. */
  end(): void {
    this.#cancelAway?.()
  }

  #isGone({ number }: Member): void {
    this.#goes(number)
    this.#isUnsaid = true
    if (this.size === 0) this.sayOwn(false)
    this.#tellSoon()
  }

  #expect(member: Member): void {
    const { clock, limits } = this.#parts
    this.#away.add(member, clock.now() + limits.handover_ms_max)
    this.#parts.sayElsewhere({ kind: 'away', number: member.number })
    this.#wait()
  }

  #wait(): void {
    const { clock, emptied } = this.#parts
    const { firstUntil } = this.#away
    if (firstUntil === undefined) return
    this.#cancelAway ??= clock.after(firstUntil - clock.now() + 1, () => {
      this.#cancelAway = undefined
      for (const member of this.#away.takeOverdue(clock.now())) this.#isGone(member)
      if (this.size === 0) emptied()
      else this.#wait()
    })
  }

  /** Somebody comes who may have been sent away from here. @returns the number they had, if so */
  #takeBack(by: MessageAuthor): number | undefined {
    const member = this.#away.all().find((one) => isSame(one.by, by))
    if (member !== undefined) this.#away.delete(member)
    return member?.number
  }

  /** Those who are here, and those who are on their way back. */
  #all(): IteratorObject<Member> {
    return [...this.#members.values(), ...this.#away.all()].values()
  }

  /** Tells the other servers who is here. @param asks whether they are to say it of themselves */
  sayOwn(asks: boolean): void {
    const { chat_members_told_max: most } = this.#parts.limits
    const here = this.#members.values().map((member) => fellowOf(member, false))
    const away = this.#away.all().map((member) => fellowOf(member, true))
    const fellows = [...here, ...away].slice(0, most)
    this.#isUnsaid = false
    this.#saidAt = this.#parts.clock.now()
    this.#parts.sayElsewhere({ kind: 'here', fellows, count: this.size, asks })
  }

  /** Says it again where that was long ago: it may have been lost. */
  sayOwnAgain(): void {
    if (this.#parts.clock.now() - this.#saidAt > sayAgainMs) this.sayOwn(false)
  }

  /** Takes who is in the room on another server; nobody any more where that has left. */
  hearHere(server: string, fellows: readonly Fellow[], count: number): void {
    const moves = this.#elsewhere.hear(server, fellows, count)
    if (moves !== undefined) this.#tellMoves(moves)
  }

  /** Somebody was sent away by another server, and is to come back. */
  hearAway(server: string, number: number): void {
    const guest = this.#elsewhere.find(server, number)
    if (guest !== undefined) guest.isAway = true
  }

  /** Somebody on another server types, or not any more. */
  hearTyping(server: string, number: number, on: boolean): void {
    const guest = this.#elsewhere.find(server, number)
    if (guest !== undefined) this.#guestTypes(guest, on)
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
    // There it ends by itself as well, so that who goes on typing says it again.
    const isStale = clock.now() - member.typingSaidAt > limits.chat_typing_ms / 2
    if (was === on && !(on && isStale)) return
    member.typingSaidAt = clock.now()
    // Of somebody whom they do not know yet they would not hear it.
    if (on && this.#isUnsaid) this.sayOwn(false)
    this.#parts.sayElsewhere({ kind: 'typing', number: member.number, on })
  }

  #guestTypes(guest: Guest, on: boolean): void {
    const was = guest.typing !== undefined
    guest.typing?.()
    const { clock, limits } = this.#parts
    guest.typing = on
      ? clock.after(limits.chat_typing_ms, () => this.#guestTypes(guest, false))
      : undefined
    if (was !== on) this.tell({ type: 'typing', ...guestView(guest), on })
  }

  #tellMoves({ came, went }: Moves): void {
    for (const guest of came) this.#joined.set(guest.here, guestView(guest))
    for (const guest of went) {
      this.#guestTypes(guest, false)
      this.#goes(guest.here)
    }
    this.#tellSoon()
  }

  #goes(number: number): void {
    if (!this.#joined.delete(number)) this.#left.push(number)
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
      const joined = [...this.#joined.values().take(most)]
      const left = this.#left.slice(0, most)
      this.#joined.clear()
      this.#left = []
      this.#telling = false
      const isNews = joined.length + left.length > 0 || this.count !== this.#toldCount
      this.#toldCount = this.count
      if (isNews) this.tell({ type: 'members', count: this.count, joined, left })
      if (this.#isUnsaid) this.sayOwn(false)
    })
  }
}

function fellowOf({ by, number }: Member, isAway: boolean): Fellow {
  return { number, by, isAway }
}

function memberView({ by, number }: Member): MemberView {
  return { member: number, user: personView(by) }
}

function guestView({ by, here }: Guest): MemberView {
  return { member: here, user: personView(by) }
}

/** The chat's part of a session's topic. */
function topicOf({ topic }: ChatVisitor): string {
  return `chat:${topic}`
}
