import * as Y from 'yjs'
import type { OfflineCopy } from '../offline.ts'
import { insist } from '../insist.ts'
import { Listeners, nothingBefore } from './link.ts'
import { openYWebsocketLink, type YWebsocketLink } from './y-websocket-link.ts'

/** A token for the server, or what gets one; it is asked again when the server wants another. */
export type Token = string | (() => string | undefined | Promise<string | undefined>)

/** Somebody who has a document open. */
export interface Holder {
  readonly token: Token | undefined
}

/** Which document somebody wants open. */
export interface Wanted {
  readonly server: string
  readonly document: string
  /** Goes on with this one instead of a document of its own. */
  readonly doc: Y.Doc | undefined
  /**
   * Whose copy is kept on this device; empty for the one whom the token names, undefined where none
   * is kept.
   */
  readonly offline: string | undefined
}

/** Close codes after which another token may help. */
const tokenCodes: ReadonlySet<number | undefined> = new Set([4300, 4401])

/** The open ones of this page, by server, document and token. */
const sessions = new Map<string, Session>()

/** An open document with its one connection, for all on this page who have it open. */
export class Session {
  readonly doc: Y.Doc
  readonly link: YWebsocketLink
  readonly server: string
  /** Why the page has no token, if it should have one. */
  tokenFailure: string | undefined
  /** Whether the page's own policy keeps the connection from being made. */
  isBlocked = false
  /** Whether the server has let us in since the page was opened. */
  wasInside = false
  /** The copy on this device, where one is kept. */
  copy: OfflineCopy | undefined
  /** Whether the server has another document by now, of which the copy on this device is not. */
  isReplaced = false
  readonly #wanted: Wanted
  readonly #key: string | undefined
  readonly #holders = new Set<Holder>()
  readonly #listeners = new Listeners()
  readonly #ownsDoc: boolean
  #keeping: Promise<void> | undefined
  #token: string | undefined
  /** Whether a token was asked for since the server last let us in. */
  #hasAsked = false
  #isOver = false

  constructor(wanted: Wanted, key: string | undefined) {
    const { server, document, doc } = wanted
    this.#wanted = wanted
    this.#key = key
    this.#ownsDoc = doc === undefined
    this.server = server
    this.doc = doc ?? new Y.Doc()
    this.link = openYWebsocketLink({
      server,
      document,
      doc: this.doc,
      // A tab that may only read would pass its edits to one that may write.
      reach: 'server-only',
      token: undefined,
      before: nothingBefore,
      waits: true,
    })
    this.link.watch(this.#look)
    globalThis.document.addEventListener('securitypolicyviolation', this.#onViolation)
  }

  /** Calls `listener` whenever something may have changed; gives the function that ends it. */
  watch(listener: () => void): () => void {
    return this.#listeners.add(listener)
  }

  /** Connects, with a token asked for anew. */
  connect(): void {
    this.isBlocked = false
    this.#hasAsked = false
    this.enter().catch(this.#fail)
  }

  /** Somebody has it open. */
  hold(holder: Holder): void {
    this.#holders.add(holder)
    if (this.#holders.size === 1) this.connect()
  }

  /** Somebody has closed it. What is not saved yet keeps it open until it is. */
  release(holder: Holder): void {
    this.#holders.delete(holder)
    if (this.#holders.size === 0) this.link.awareness.setLocalState(null)
    this.#look()
  }

  /** What the server was shown last. */
  get token(): string | undefined {
    return this.#token
  }

  /** Whether the server was shown a token. */
  get hasToken(): boolean {
    return this.#token !== undefined
  }

  /** Whether all that was written is on the server's disk. */
  get saved(): boolean {
    const { kind } = this.link.standing
    return kind === 'saved' || kind === 'reading'
  }

  /** Edits that are not known to be on the server's disk: those of the device, if it keeps them. */
  get pending(): number {
    return this.copy?.pending ?? this.link.pending
  }

  /** Whether something is lost when this page is closed now. */
  get isUnsafe(): boolean {
    return this.pending > 0 && this.copy?.kept !== true
  }

  /** Resolves when all that was written is on the server's disk; rejects when it is refused. */
  flush(): Promise<void> {
    return new Promise((resolve, reject) => {
      const look = (): void => {
        const { standing } = this.link
        const isRefused = standing.kind === 'refused' || standing.kind === 'denied'
        if (!this.saved && !isRefused) return
        unwatch()
        if (isRefused) reject(new Error(standing.reason))
        else resolve()
      }
      const unwatch = this.watch(look)
      look()
    })
  }

  /** Gets a token and connects with it. */
  async enter(): Promise<void> {
    const { offline } = this.#wanted
    if (offline) await this.#keep()
    const holder = [...this.#holders].find(({ token }) => token !== undefined)
    const source = holder?.token
    this.#token = typeof source === 'function' ? await source() : source
    this.tokenFailure = undefined
    if (offline === '') await this.#keep()
    if (!this.#isOver) this.link.useToken(this.#token, this.copy?.access)
  }

  /** A holder has another token: a string is shown at once, a function when one is wanted. */
  offer(token: Token | undefined): void {
    if (typeof token !== 'function' && token !== this.#token) this.connect()
  }

  readonly #fail = (error: unknown): void => {
    this.tokenFailure = error instanceof Error ? error.message : String(error)
    this.#listeners.tell()
  }

  readonly #look = (): void => {
    const { granted, standing } = this.link
    if (granted !== undefined) {
      this.wasInside = true
      this.#hasAsked = false
    } else if ('code' in standing && tokenCodes.has(standing.code) && !this.#hasAsked) {
      this.#askAgain()
    }
    const isDone = !this.isUnsafe || this.isReplaced
    if (this.#holders.size === 0 && isDone) this.#end()
    else this.#listeners.tell()
  }

  /** Fills the document with what this device has, and keeps it here from then on. */
  #keep(): Promise<void> {
    return (this.#keeping ??= this.#open())
  }

  async #open(): Promise<void> {
    // It needs locks, which browsers have in secure pages alone.
    if (!isSecureContext) return
    const { keepOnDevice } = await insist(() => import('./device.ts'))
    if (this.#isOver) return
    const copy = keepOnDevice(this.doc, this.link, { ...this.#wanted, token: this.#token })
    this.copy = copy
    copy.on('change', this.#look)
    copy.on('replaced', () => {
      this.isReplaced = true
      if (this.#key !== undefined) sessions.delete(this.#key)
      this.#listeners.tell()
    })
    copy.on('deleted', () => {
      this.copy = undefined
      this.#listeners.tell()
    })
    await copy.ready
  }

  #askAgain(): void {
    this.#hasAsked = true
    const isAsked = [...this.#holders].some(({ token }) => typeof token === 'function')
    if (isAsked) this.enter().catch(this.#fail)
  }

  #end(): void {
    if (this.#isOver) return
    this.#isOver = true
    if (this.#key !== undefined) sessions.delete(this.#key)
    globalThis.document.removeEventListener('securitypolicyviolation', this.#onViolation)
    this.copy?.destroy()
    this.link.destroy()
    if (this.#ownsDoc) this.doc.destroy()
  }

  readonly #onViolation = ({ blockedURI, effectiveDirective }: SecurityPolicyViolationEvent) => {
    const { host, protocol } = URL.parse(blockedURI) ?? {}
    // Who comments asks by HTTP, too: then the socket is not the one that is stopped.
    const isOurs = host === new URL(this.server).host && protocol?.startsWith('ws') === true
    if (effectiveDirective !== 'connect-src' || !isOurs) return
    this.isBlocked = true
    // It would be tried and told in the console for ever.
    this.link.disconnect()
  }
}

/**
 * Opens a document, or joins those on this page who have it open with the same token. Close it with
 * `release`.
 */
export function openSession(wanted: Wanted, holder: Holder): Session {
  const { token } = holder
  const who = typeof token === 'string' ? token : ''
  const key =
    wanted.doc === undefined
      ? JSON.stringify([wanted.server, wanted.document, who, wanted.offline])
      : undefined
  const open = key === undefined ? undefined : sessions.get(key)
  const session = open ?? new Session(wanted, key)
  if (key !== undefined) sessions.set(key, session)
  session.hold(holder)
  return session
}

/** Whether something of this page is neither on a server's disk nor on this device's. */
export function hasUnsaved(): boolean {
  return [...sessions.values()].some(({ isUnsafe }) => isUnsafe)
}
