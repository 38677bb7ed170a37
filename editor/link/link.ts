import type { Awareness } from 'y-protocols/awareness'
import type { Granted } from 'ytopic/granted'

/** Which stock client a document is opened with. */
export type Protocol = 'y-websocket' | 'hocuspocus'

/** How tabs of one browser talk: also straight to each other, or only through the server. */
export type Reach = 'tabs-and-server' | 'server-only'

/** How a client stands with the server. `pending` counts edits not known to be on its disk. */
export type Standing =
  | { readonly kind: 'connecting' }
  /** The server has said that everything is on its disk. */
  | { readonly kind: 'saved' }
  /** The same, where nothing may be written. */
  | { readonly kind: 'reading' }
  | { readonly kind: 'saving' }
  /** Offline by choice. */
  | { readonly kind: 'paused'; readonly pending: number }
  | { readonly kind: 'unreachable'; readonly pending: number; readonly code?: number }
  /** The server does not take what was written here, or this client. */
  | ({ readonly kind: 'refused' } & Refusal)
  /** The server wants a token, or another one. */
  | ({ readonly kind: 'denied' } & Refusal)

/** Why the server takes nothing. */
export interface Refusal {
  readonly reason: string
  readonly pending: number
  /** With which close code it was said, where it was. */
  readonly code?: number
}

/** What is known of a document when a link begins. */
export interface Before {
  /** What the server has granted, undefined while it has not said it. */
  readonly granted: Granted | undefined
  /** Edits that an earlier link has left unsaved. */
  readonly pending: number
}

/** A document's way to the server: a stock client of either protocol, as the page sees it. */
export interface Link {
  readonly protocol: Protocol
  readonly awareness: Awareness
  readonly standing: Standing
  /** What the server grants, as far as it has said; it holds while the server is away. */
  readonly granted: Granted | undefined
  /** Edits of this client that are not known to be on the server's disk. */
  readonly pending: number
  /** Calls `listener` whenever any of that may have changed; gives the function that ends it. */
  watch(listener: () => void): () => void
  connect(): void
  disconnect(): void
  /** Disconnects for good; the document lives on. */
  destroy(): void
}

/** Where nothing is known yet. */
export const nothingBefore: Before = { granted: undefined, pending: 0 }

/** Whether the server takes what is written. Until it has said so nothing is to be written. */
export function mayWrite({ granted }: Pick<Link, 'granted'>): boolean {
  return granted?.access === 'write' || granted?.access === 'admin'
}

/** Whether the server takes comments and messages. */
export function mayComment(link: Pick<Link, 'granted'>): boolean {
  return link.granted?.access === 'comment' || mayWrite(link)
}

/** Whether the server has said that the document may be seen and not written in. */
export function mayOnlyRead(link: Pick<Link, 'granted'>): boolean {
  return link.granted !== undefined && !mayWrite(link)
}

/** The address for sockets of the server that is at that address. */
export function socketAddress(server: string, path: string): string {
  return new URL(path, server).href.replace(/^http/, 'ws')
}

/** Listeners of a link or a session. */
export class Listeners {
  readonly #listeners = new Set<() => void>()

  add(listener: () => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  readonly tell = (): void => {
    for (const listener of this.#listeners) listener()
  }

  /** A provider changes its fields after it has told of an event: so when it is through. */
  readonly tellSoon = (): void => queueMicrotask(this.tell)
}
