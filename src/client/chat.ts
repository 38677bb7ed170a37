import { uuidv4 } from 'lib0/random'
import { ChatState } from './chat-state.ts'
import type { ChatMember, ChatMessage, ChatPerson } from './chat-state.ts'
import type { ChatWire } from './chat-wire.ts'

export { overHocuspocus, overWebsocket } from './chat-wire.ts'
export type {
  ChatHearing,
  ChatWire,
  HocuspocusChatProvider,
  WebsocketChatProvider,
} from './chat-wire.ts'
export type { MessageHandler, ProviderSocket } from './provider.ts'
export type { ChatMember, ChatMessage, ChatPerson }

/** How a room is joined. */
export interface ChatOptions {
  /** Who others see, where the server does not say who anybody is. */
  readonly user?: { readonly name: string; readonly color: string } | undefined
}

/** A message of this client that is not known to be on the server's disk. */
export interface PendingMessage {
  readonly nonce: string
  readonly text: string
}

interface Pending extends PendingMessage {
  readonly resolve: () => void
  readonly reject: (error: Error) => void
}

/** So often it is said at most that somebody types; the server forgets it after 5 s. */
const typingEveryMs = 2_000

/**
 * A room of messages beside a document, over a connection that is there. It joins again whenever
 * that comes back; what was not confirmed is posted again, and kept once by its nonce.
 */
export class ChatRoom {
  readonly #wire: ChatWire
  readonly #options: ChatOptions
  readonly #state = new ChatState()
  readonly #pending = new Map<string, Pending>()
  readonly #listeners = new Set<() => void>()
  #typedAt = Number.NEGATIVE_INFINITY
  #lastError: string | undefined

  /** @param wire the connection, as `overWebsocket` or `overHocuspocus` gives it */
  constructor(wire: ChatWire, options: ChatOptions = {}) {
    this.#wire = wire
    this.#options = options
    wire.listen({
      opened: () => this.#join(),
      lost: () => this.#away(),
      said: (text) => this.#hear(text),
    })
  }

  /** Messages that are here, oldest first. */
  get messages(): readonly ChatMessage[] {
    return this.#state.messages
  }

  /** What was posted here and is not known to be kept. */
  get pending(): readonly PendingMessage[] {
    return [...this.#pending.values()]
  }

  /** How many sessions are in the room, this one included. */
  get count(): number {
    return this.#state.count
  }

  /** Those of them that the server has named. */
  get members(): readonly ChatMember[] {
    return this.#state.members
  }

  /** Who types, other than here. */
  get typing(): readonly ChatMember[] {
    return this.#state.typing
  }

  /** Messages of others behind what has been read. */
  get unread(): number {
    return this.#state.unread
  }

  /** Number of the last message that has been read. */
  get read(): number {
    return this.#state.read
  }

  /** Whether the server has let us in. */
  get joined(): boolean {
    return this.#state.joined
  }

  /** Whether there are older messages than those that are here. */
  get hasOlder(): boolean {
    return this.#state.next !== undefined
  }

  /** Why the last thing that was asked for was refused; undefined when it was not. */
  get lastError(): string | undefined {
    return this.#lastError
  }

  /** Calls `listener` whenever something has changed; gives the function that ends it. */
  watch(listener: () => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** Posts a message. Resolves when it is on the server's disk; rejects when it is refused. */
  post(text: string): Promise<void> {
    const nonce = uuidv4()
    const { promise, resolve, reject } = Promise.withResolvers<undefined>()
    this.#pending.set(nonce, { nonce, text, resolve: () => resolve(undefined), reject })
    this.#typedAt = Number.NEGATIVE_INFINITY
    if (this.joined) this.#say({ type: 'post', nonce, text })
    this.#tell()
    return promise
  }

  /** Asks for older messages. */
  older(): void {
    const { next } = this.#state
    if (next !== undefined) this.#say({ type: 'older', before: next })
  }

  /** Changes one's own message. */
  edit(seq: number, text: string): void {
    this.#say({ type: 'edit', seq, text })
  }

  /** Deletes one's own message. */
  delete(seq: number): void {
    this.#say({ type: 'delete', seq })
  }

  /** Somebody types here; say it with every key. */
  type(): void {
    const now = performance.now()
    if (now - this.#typedAt < typingEveryMs) return
    this.#typedAt = now
    this.#say({ type: 'typing', on: true })
  }

  /** All messages that are here have been seen. */
  markRead(): void {
    const last = this.messages.at(-1)
    if (last === undefined || !this.#state.see(last.seq)) return
    this.#say({ type: 'read', seq: last.seq })
    this.#tell()
  }

  /** Leaves the room; the connection stays. */
  leave(): void {
    this.#say({ type: 'leave' })
    this.#wire.end()
    for (const { reject } of this.#pending.values()) reject(new Error('The room was left.'))
    this.#pending.clear()
  }

  #join(): void {
    this.#away()
    this.#say({ type: 'join', ...this.#options.user })
  }

  #away(): void {
    this.#state.away()
    this.#tell()
  }

  #hear(text: string): void {
    const said = this.#state.hear(text, (nonce) => this.#pending.has(nonce))
    if (said === undefined) return
    this.#lastError = said.type === 'error' ? said.words : undefined
    if (said.type === 'joined') this.#postAgain()
    const pending = this.#pending.get(said.nonce ?? '')
    // The server tells of what is on its disk: with one's own message its receipt has come, too.
    if (pending !== undefined && ['sent', 'message', 'error'].includes(said.type)) {
      this.#pending.delete(pending.nonce)
      if (said.type === 'error') pending.reject(new Error(said.words))
      else pending.resolve()
    }
    this.#tell()
  }

  #postAgain(): void {
    for (const { nonce, text } of this.#pending.values()) this.#say({ type: 'post', nonce, text })
  }

  #say(what: object): void {
    this.#wire.say(JSON.stringify(what))
  }

  #tell(): void {
    for (const listener of this.#listeners) listener()
  }
}
