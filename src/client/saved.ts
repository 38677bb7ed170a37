import { clone, type Decoder, readVarString, readVarUint, readVarUint8Array } from 'lib0/decoding'
import { ObservableV2 } from 'lib0/observable'
import type * as Y from 'yjs'
import { Borrowed } from './borrowed.ts'
import {
  emptyStep2,
  hasWaiting,
  messageAuth,
  messageSaved,
  messageSync,
  permissionDenied,
  question,
  step1,
  step2,
  update,
} from './frames.ts'
import { Ledger } from './ledger.ts'
import type { MessageHandler, ProviderClose, ProviderSocket, ReceiptProvider } from './provider.ts'
import { refusalIn } from './provider.ts'
export type { ReceiptProvider }

const socketConnecting = 0
const socketOpen = 1

/** How long what is not known to be saved waits, while connected, before the server is asked. */
const askAfterMs = 200

/** What a tracker tells. */
export interface SavedEvents {
  /** `saved` has become another. */
  saved: (saved: boolean) => void
  /** Any of `saved`, `pending`, `supported` and `refusal` has become another. */
  change: (tracker: SavedTracker) => void
  /** The server has refused what this tab wrote, or this tab altogether; with its reason. */
  refused: (reason: string) => void
}

/** Runs the provider's own handler, if it has one. */
type Next = () => void

/**
 * Knows which edits of one provider's document are on the server's disk. An edit is an update of
 * the document that did not come through the provider. Edits of other tabs do come through it and
 * are theirs to count; but while the server's disk may lack one of them, this tab may hold its only
 * copy, and nothing is called saved.
 */
export class SavedTracker extends ObservableV2<SavedEvents> {
  readonly #provider: ReceiptProvider
  readonly #ledger = new Ledger()
  readonly #borrowed = new Borrowed()
  readonly #replaced = new Map<number, MessageHandler | undefined>()
  #socket: ProviderSocket | undefined
  /** Whose message the provider is reading. */
  #reading: 'socket' | 'tab' | undefined
  /** The frame that the provider has sent for the edit of which we hear next. */
  #unclaimed: number | undefined
  #asking: ReturnType<typeof setTimeout> | undefined
  #refusal: string | undefined
  /** Whether the server has said on this connection why it refuses. */
  #isDenied = false
  /** The document's client id; Yjs takes a new one when somebody else uses it. */
  #clientId: number
  #told: { readonly saved: boolean; readonly state: string }

  /** See `trackSaved`. */
  constructor(provider: ReceiptProvider) {
    super()
    this.#provider = provider
    this.#clientId = provider.doc.clientID
    this.#told = { saved: this.saved, state: this.#state }
    this.#replaceHandlers()
    provider.on('status', this.#onStatus)
    provider.on('connection-close', this.#onClose)
    provider.doc.on('update', this.#onUpdate)
    provider.doc.on('destroy', this.#onDestroy)
    this.#askForReceipts()
    this.#watchSocket()
  }

  /**
   * Whether every edit of this tab, and all that it heard from other tabs, is known to be on the
   * server's disk. False where the server gives no receipts, and until it has confirmed once all
   * that this tab has.
   */
  get saved(): boolean {
    return this.#ledger.saved && this.#borrowed.isSaved
  }

  /** How many edits of this tab are not known to be there. */
  get pending(): number {
    return this.#ledger.pending
  }

  /** Whether the server gives receipts. */
  get supported(): boolean {
    return this.#ledger.supported
  }

  /** Why the server takes no edits, in its words; undefined again once it has taken some. */
  get refusal(): string | undefined {
    return this.#refusal
  }

  /** Stops counting and gives the provider its handlers back; idempotent. */
  override destroy(): void {
    const provider = this.#provider
    provider.off('status', this.#onStatus)
    provider.off('connection-close', this.#onClose)
    provider.doc.off('update', this.#onUpdate)
    provider.doc.off('destroy', this.#onDestroy)
    for (const [type, handler] of this.#replaced) {
      if (handler === undefined) Reflect.deleteProperty(provider.messageHandlers, type)
      else provider.messageHandlers[type] = handler
    }
    this.#replaced.clear()
    // The server goes on telling on this connection; the provider has no word for it.
    provider.messageHandlers[messageSaved] = (_encoder, decoder) => readVarUint(decoder)
    clearTimeout(this.#asking)
    // What is left in the socket's `send` passes everything on.
    this.#socket = undefined
    super.destroy()
  }

  readonly #onStatus = ({ status }: { readonly status: string }): void => {
    if (status === 'connecting') this.#watchSocket()
  }

  readonly #onClose = (event: ProviderClose | null): void => {
    const reason = this.#isDenied ? undefined : refusalIn(event)
    if (reason !== undefined) this.#refuse(reason)
    this.#end()
  }

  readonly #onDestroy = (): void => this.destroy()

  readonly #onUpdate = (
    bytes: Uint8Array,
    origin: unknown,
    doc: Y.Doc,
    { beforeState, afterState }: Y.Transaction,
  ): void => {
    const frame = this.#unclaimed
    this.#unclaimed = undefined
    const wrote = beforeState.get(this.#clientId) !== afterState.get(this.#clientId)
    this.#clientId = doc.clientID
    const received = origin === this.#provider && this.#reading !== undefined
    if (received && this.#reading === 'tab') {
      this.#borrowed.fromTab(bytes)
      this.#askSoon()
    }
    // What an observer writes while the provider reads is not sent by the provider.
    if (received && !wrote) return this.#notify()
    const stands = frame !== undefined && this.#borrowed.isEmpty
    this.#ledger.edited(stands ? frame : undefined)
    if (!stands) this.#askSoon()
    this.#notify()
  }

  /**
   * A connection that has not asked for receipts never gets them, and one on which frames have
   * gone by uncounted cannot be counted: such a one is made anew.
   */
  #askForReceipts(): void {
    const provider = this.#provider
    const asked = provider.params['saved'] === '1'
    if (!asked) provider.params = { ...provider.params, saved: '1' }
    const socket = provider.ws
    if (socket === null || (asked && socket.readyState === socketConnecting)) return
    if (!provider.shouldConnect) return
    provider.disconnect()
    provider.connect()
  }

  /** Counts what goes out on the provider's socket, from the first frame on. */
  #watchSocket(): void {
    const socket = this.#provider.ws
    if (socket === null || socket === this.#socket || socket.readyState !== socketConnecting) return
    this.#end()
    this.#socket = socket
    this.#ledger.opened()
    const send = socket.send.bind(socket)
    socket.send = (data) => {
      send(data)
      if (this.#socket === socket) this.#sent(data)
    }
  }

  #sent(data: Uint8Array): void {
    // Both numbers are below 128, hence one byte each.
    if (data[0] !== messageSync || data[1] === step1) return
    // Its own question for the disk carries none of the edits that a step 2 of the provider does.
    const isAll = data[1] === step2 && data !== emptyStep2
    const frame = isAll ? this.#ledger.sentStep2() : this.#ledger.sentFrame()
    if (data[1] === update) this.#unclaimed = frame
    if (frame === undefined || data[1] !== step2) return
    this.#borrowed[isAll ? 'returned' : 'asked'](frame)
    this.#notify()
  }

  #end(): void {
    this.#socket = undefined
    this.#unclaimed = undefined
    this.#isDenied = false
    clearTimeout(this.#asking)
    this.#asking = undefined
    this.#ledger.closed()
    this.#borrowed.closed()
    this.#notify()
  }

  #replaceHandlers(): void {
    this.#replace(messageSaved, (decoder, fromSocket) => {
      const count = readVarUint(decoder)
      if (fromSocket && this.#ledger.confirmed(count)) this.#refusal = undefined
      this.#borrowed.confirmed(this.#ledger.confirmedFrames)
      this.#notify()
    })
    this.#replace(messageAuth, (decoder, fromSocket, next) => {
      const told = clone(decoder)
      next()
      if (!fromSocket || readVarUint(told) !== permissionDenied) return
      this.#isDenied = true
      this.#ledger.refused()
      this.#refuse(readVarString(told))
    })
    this.#replace(messageSync, (decoder, fromSocket, next) => {
      if (fromSocket) this.#heardFromServer(clone(decoder))
      this.#reading = fromSocket ? 'socket' : 'tab'
      try {
        next()
      } finally {
        this.#reading = undefined
      }
      if (fromSocket || !hasWaiting(this.#provider.doc)) return
      this.#borrowed.waits()
      this.#askSoon()
    })
  }

  #replace(type: number, read: (decoder: Decoder, fromSocket: boolean, next: Next) => void): void {
    const original = this.#provider.messageHandlers[type]
    this.#replaced.set(type, original)
    this.#provider.messageHandlers[type] = (...args) => {
      const [, decoder, , fromSocket] = args
      read(decoder, fromSocket, () => original?.(...args))
    }
  }

  #heardFromServer(decoder: Decoder): void {
    if (this.#borrowed.isEmpty || readVarUint(decoder) === step1) return
    this.#borrowed.fromServer(readVarUint8Array(decoder))
    this.#askSoon()
  }

  /**
   * Has the server ask what this client has, for the provider's answer carries every edit; where it
   * has all of that, asks whether its disk does.
   */
  #askSoon(): void {
    this.#asking ??= setTimeout(() => {
      this.#asking = undefined
      const socket = this.#socket
      if (socket?.readyState !== socketOpen) return
      const { needsStep2, supported } = this.#ledger
      // A connection that has not been asked yet will be.
      const asks = needsStep2 || (supported && !this.#borrowed.isEmpty)
      if (asks) socket.send(question(this.#provider.doc))
      else if (supported && this.#borrowed.isSaid) socket.send(emptyStep2)
    }, askAfterMs)
  }

  #refuse(reason: string): void {
    this.#refusal = reason
    this.emit('refused', [reason])
    this.#notify()
  }

  get #state(): string {
    return JSON.stringify([this.saved, this.pending, this.supported, this.#refusal])
  }

  #notify(): void {
    const before = this.#told
    this.#told = { saved: this.saved, state: this.#state }
    if (before.state === this.#told.state) return
    if (before.saved !== this.#told.saved) this.emit('saved', [this.#told.saved])
    this.emit('change', [this])
  }
}

/**
 * Follows which edits of a stock `WebsocketProvider` of `y-websocket` 3 are on the server's disk.
 * The provider is used as it is. Give it `params: { saved: '1' }` and track it in the same turn;
 * one that is connected already is connected anew, since receipts count from a connection's start.
 * @param provider the provider; its `connect` option may have either value
 * @returns the tracker; it ends with the document or by `destroy`
 */
export function trackSaved(provider: ReceiptProvider): SavedTracker {
  return new SavedTracker(provider)
}
