import type { Awareness } from 'y-protocols/awareness'
import type * as Y from 'yjs'
import { type SocketClass, type Wires, watchedSockets } from './socket.ts'

/** A connection of a document that is looked at. */
export interface Inspected {
  readonly protocol: 'y-websocket' | 'hocuspocus'
  readonly doc: Y.Doc
  readonly awareness: Awareness | null
  /** Looks at every connection from now on; gives the function that ends it. */
  watch(wires: Wires): () => void
  /** Closes the connection, to be made anew. */
  cut(): void
}

/** Under which name the provider keeps the class of its sockets. */
const socketClass = '_WS'

/** What is used of a `WebsocketProvider` of `y-websocket` 3. */
export interface InspectedWebsocketProvider {
  readonly doc: Y.Doc
  readonly awareness: Awareness
  readonly ws: { close(): void } | null
  readonly shouldConnect: boolean
  [socketClass]: SocketClass
  connect(): void
  disconnect(): void
}

/** A `WebsocketProvider`, to be looked at: it is connected anew for that. */
export function overWebsocket(provider: InspectedWebsocketProvider): Inspected {
  const renew = (sockets: SocketClass): void => {
    provider[socketClass] = sockets
    if (!provider.shouldConnect) return
    provider.disconnect()
    forgetOthers(provider.awareness)
    provider.connect()
  }
  return {
    protocol: 'y-websocket',
    doc: provider.doc,
    awareness: provider.awareness,
    watch(wires) {
      const before = provider[socketClass]
      renew(watchedSockets(wires, before))
      return () => {
        provider[socketClass] = before
      }
    },
    cut: () => provider.ws?.close(),
  }
}

/** What is used of a `HocuspocusProvider` 4 and its socket. */
export interface InspectedHocuspocusProvider {
  readonly document: Y.Doc
  readonly awareness: Awareness | null
  readonly configuration: {
    readonly websocketProvider: {
      readonly configuration: { WebSocketPolyfill: SocketClass }
      readonly webSocket: { close(): void } | null
    }
  }
}

/** A `HocuspocusProvider`, to be looked at: its socket is made anew for that. */
export function overHocuspocus(provider: InspectedHocuspocusProvider): Inspected {
  const { websocketProvider } = provider.configuration
  return {
    protocol: 'hocuspocus',
    doc: provider.document,
    awareness: provider.awareness,
    watch(wires) {
      const { configuration } = websocketProvider
      const before = configuration.WebSocketPolyfill
      configuration.WebSocketPolyfill = watchedSockets(wires, before)
      websocketProvider.webSocket?.close()
      forgetOthers(provider.awareness)
      return () => {
        configuration.WebSocketPolyfill = before
      }
    },
    cut: () => websocketProvider.webSocket?.close(),
  }
}

/** A new connection tells of the others what was told before: it would be taken for an echo. */
function forgetOthers(awareness: Awareness | null): void {
  for (const id of awareness?.meta.keys() ?? []) {
    if (id !== awareness?.clientID) awareness?.meta.delete(id)
  }
}
