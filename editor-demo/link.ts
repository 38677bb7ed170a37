import type { Awareness } from 'y-protocols/awareness'

/** Which stock client a document is opened with. */
export type Protocol = 'y-websocket' | 'hocuspocus'

/** How tabs of one browser talk: also straight to each other, or only through the server. */
export type Reach = 'tabs-and-server' | 'server-only'

/** How a client stands with the server. `pending` counts edits not known to be on its disk. */
export type Standing =
  | { readonly kind: 'connecting' }
  /** The server has said that everything is on its disk. */
  | { readonly kind: 'saved' }
  | { readonly kind: 'saving' }
  /** Offline by choice. */
  | { readonly kind: 'paused'; readonly pending: number }
  | { readonly kind: 'unreachable'; readonly pending: number }
  | { readonly kind: 'refused'; readonly reason: string }

/** A document's way to the server: a stock client of either protocol, as the page sees it. */
export interface Link {
  readonly protocol: Protocol
  readonly awareness: Awareness
  readonly standing: Standing
  /** Edits of this client that are not known to be on the server's disk. */
  readonly pending: number
  /** Calls `listener` whenever the standing may have changed; gives the function that ends it. */
  watch(listener: () => void): () => void
  connect(): void
  disconnect(): void
  /** Disconnects for good; the document lives on. */
  destroy(): void
}

/** The server's address for sockets, at the page's own host. */
export function socketAddress(path: string): string {
  return `${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}${path}`
}

/** Listeners of a link. */
export class Listeners {
  readonly #listeners = new Set<() => void>()

  add(listener: () => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** A provider changes its fields after it has told of an event: so when it is through. */
  readonly tellSoon = (): void => {
    queueMicrotask(() => {
      for (const listener of this.#listeners) listener()
    })
  }
}
