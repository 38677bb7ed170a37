import { type Granted, type MessageHandler, onGranted, parseGranted } from 'ytopic/granted'

/** What is done about what a connection tells. */
export interface FollowedHearing {
  /** Before anything else on each connection: of which life the document is, and more. */
  readonly granted: (granted: Granted) => void
  /** The server has deleted the document. */
  readonly deleted: () => void
  /** All that the document holds may be on the server's disk now. */
  readonly saved: () => void
}

/**
 * A connection that is followed. No edit leaves on it before the server has said of which life the
 * document is: they go with the answer to the server's question, which comes after that.
 */
export interface Followed {
  /** Of what it brings into the document. */
  readonly origin: unknown
  /** Whether all that the document holds is on the server's disk. */
  readonly saved: boolean
  /** Listens; gives the function that ends it. */
  listen(hearing: FollowedHearing): () => void
  /** Ends the connection for good. */
  stop(): void
}

/** What is used of a browser's socket. */
export interface FollowedSocket {
  readonly readyState: number
  send(data: Uint8Array<ArrayBuffer>): void
}

/** What is used of a `WebsocketProvider` of `y-websocket` 3. */
export interface FollowedWebsocketProvider {
  readonly ws: FollowedSocket | null
  readonly shouldConnect: boolean
  readonly messageHandlers: MessageHandler[]
  params: Record<string, string>
  connect(): void
  disconnect(): void
  destroy(): void
  on(name: 'status', listener: () => void): unknown
  on(name: 'connection-close', listener: CloseListener): unknown
  off(name: 'status', listener: () => void): unknown
  off(name: 'connection-close', listener: CloseListener): unknown
}

/** What is used of what `trackSaved` gives. */
export interface FollowedSaved {
  readonly saved: boolean
  on(name: 'change', listener: () => void): unknown
  off(name: 'change', listener: () => void): unknown
}

type CloseListener = (event: { readonly code: number } | null) => void

const socketConnecting = 0
const socketOpen = 1
const messageSync = 0
const step1 = 0
const closedAsDeleted = 4404
/** What a denial of a deleted document begins with. */
const deniedAsDeleted = 'deleted:'

/**
 * A `WebsocketProvider` of `y-websocket` 3, to be followed.
 * @param provider one with `params: { saved: '1', grant: '1' }`
 * @param saved what `trackSaved` gives for it
 */
export function overWebsocket(provider: FollowedWebsocketProvider, saved: FollowedSaved): Followed {
  return {
    origin: provider,
    get saved() {
      return saved.saved
    },
    stop: () => provider.destroy(),
    listen(hearing) {
      const gate = new Gate()
      const guard = (): void => guardSocket(provider.ws, gate)
      const onClose: CloseListener = (event) => {
        gate.close()
        if (event?.code === closedAsDeleted) hearing.deleted()
      }
      onGranted(provider, (granted) => {
        gate.open()
        if (!gate.isOver) hearing.granted(granted)
      })
      const read = provider.messageHandlers[messageSync]
      provider.messageHandlers[messageSync] = (...args) => {
        const [, , , fromSocket] = args
        // A server that does not say it at first never does.
        if (fromSocket) gate.open()
        read?.(...args)
      }
      provider.on('status', guard)
      provider.on('connection-close', onClose)
      saved.on('change', hearing.saved)
      guard()
      const isTold = provider.params['grant'] === '1' && provider.ws?.readyState !== socketOpen
      if (!isTold) askForGrant(provider)
      return () => {
        gate.end()
        provider.off('status', guard)
        provider.off('connection-close', onClose)
        saved.off('change', hearing.saved)
      }
    },
  }
}

function askForGrant(provider: FollowedWebsocketProvider): void {
  provider.params = { ...provider.params, grant: '1' }
  if (!provider.shouldConnect) return
  provider.disconnect()
  provider.connect()
}

function guardSocket(socket: FollowedSocket | null, gate: Gate): void {
  if (socket?.readyState !== socketConnecting || !gate.isNew(socket)) return
  gate.close()
  const send = socket.send.bind(socket)
  socket.send = (data) => {
    // Both numbers are below 128, hence one byte each.
    const isEdit = data[0] === messageSync && data[1] !== step1
    if (!isEdit || gate.passes()) send(data)
  }
}

/** What is used of a `HocuspocusProvider`; its socket's URL ends with `?grant=1`. */
export interface FollowedHocuspocusProvider {
  readonly synced: boolean
  readonly hasUnsyncedChanges: boolean
  forceSync(): void
  destroy(): void
  on(name: string, listener: (event: never) => void): unknown
  off(name: string, listener: (event: never) => void): unknown
}

/** A `HocuspocusProvider`, to be followed. */
export function overHocuspocus(provider: FollowedHocuspocusProvider): Followed {
  const followed: Followed = {
    origin: provider,
    get saved() {
      return provider.synced && !provider.hasUnsyncedChanges
    },
    stop: () => provider.destroy(),
    listen(hearing) {
      const gate = new Gate()
      const open = (): void => {
        // The provider waits for the server's word on what was held back.
        if (gate.open()) provider.forceSync()
      }
      const listeners: Readonly<Record<string, (event: never) => void>> = {
        stateless({ payload }: { readonly payload: string }) {
          const granted = parseGranted(payload)
          if (granted === undefined) return
          hearing.granted(granted)
          if (!gate.isOver) open()
        },
        authenticationFailed({ reason }: { readonly reason: string }) {
          if (reason.startsWith(deniedAsDeleted)) hearing.deleted()
        },
        synced: open,
        close: () => gate.close(),
        unsyncedChanges: hearing.saved,
      }
      guardProvider(provider, gate)
      for (const [name, listener] of Object.entries(listeners)) provider.on(name, listener)
      return () => {
        gate.end()
        for (const [name, listener] of Object.entries(listeners)) provider.off(name, listener)
      }
    },
  }
  return followed
}

/** Edits that the provider queues before there is a connection are in its answer as well. */
function guardProvider(provider: FollowedHocuspocusProvider, gate: Gate): void {
  const send: unknown = Reflect.get(provider, 'send')
  if (typeof send !== 'function') return
  Reflect.set(provider, 'send', (...given: readonly unknown[]) => {
    const [, args] = given
    const isEdit = typeof args === 'object' && args !== null && 'update' in args
    if (!isEdit || gate.passes()) Reflect.apply(send, provider, given)
  })
}

/** Whether edits may leave. */
class Gate {
  /** Whether nobody listens any more. */
  isOver = false
  #isOpen = false
  #hasHeld = false
  #socket: unknown

  /** @returns whether something was held back */
  open(): boolean {
    const hasHeld = this.#hasHeld && !this.#isOpen
    this.#isOpen = true
    this.#hasHeld = false
    return hasHeld
  }

  close(): void {
    this.#isOpen = this.isOver
  }

  /** Asked for each edit. */
  passes(): boolean {
    if (!this.#isOpen) this.#hasHeld = true
    return this.#isOpen
  }

  /** Whether the socket was not seen before. */
  isNew(socket: unknown): boolean {
    const isNew = this.#socket !== socket
    this.#socket = socket
    return isNew
  }

  end(): void {
    this.isOver = true
    this.#isOpen = true
  }
}
