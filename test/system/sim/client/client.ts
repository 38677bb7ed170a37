import { createDecoder, type Decoder, readVarUint, readVarUint8Array } from 'lib0/decoding'
import {
  createEncoder,
  length,
  toUint8Array,
  writeVarUint,
  writeVarUint8Array,
} from 'lib0/encoding'
import {
  applyAwarenessUpdate,
  Awareness,
  encodeAwarenessUpdate,
  removeAwarenessStates,
} from 'y-protocols/awareness'
import {
  messageYjsSyncStep2,
  messageYjsUpdate,
  readSyncMessage,
  writeSyncStep1,
  writeUpdate,
} from 'y-protocols/sync'
import * as Y from 'yjs'
import type { Cancel } from '../../../../src/base/clock.ts'
import type { ClientParts } from './client-parts.ts'
import { bindEditor } from './editor.ts'
import * as types from './message-types.ts'
import { ReceiptBook } from './receipt-book.ts'
import type { SimSocket } from '../socket.ts'

/** With it goes who has a deleted document open, and does not come back. */
const deletedCode = 4_404
const backoffMsMax = 2_500
const silenceMsMax = 30_000

/**
 * A client as the stock y-websocket 3 provider is one, on simulated time and sockets: the same
 * messages in the same order, with Yjs's own documents, presence and sync protocol.
 */
export class SimClient {
  readonly name: string
  readonly document = new Y.Doc()
  readonly awareness: Awareness
  readonly #parts: ClientParts
  readonly #heardAt = new Map<number, number>()
  readonly #stopRounds: Cancel
  /** The updates of this connection: one that was under way on an earlier one may come back. */
  readonly #own = new Set<bigint>()
  #socket: SimSocket | undefined
  #connected = false
  #synced = false
  #wanted = false
  #failures = 0
  #lastMessageAt = 0
  #book: ReceiptBook

  constructor(parts: ClientParts) {
    this.#parts = parts
    this.name = parts.name
    this.document.clientID = parts.clientId
    this.awareness = new Awareness(this.document)
    // Its own timer runs on the machine's time.
    // oxlint-disable-next-line no-underscore-dangle -- there is no other way to it
    clearInterval(this.awareness._checkInterval)
    this.#book = new ReceiptBook(parts)
    this.#heardAt.set(parts.clientId, parts.clock.now())
    this.document.on('update', (update: Uint8Array, origin: unknown) => {
      if (origin !== this) this.#sendUpdate(update)
    })
    if (parts.hasEditor) {
      bindEditor(this.document, (count) => {
        parts.trace.violate(
          `client ${parts.clientId} deleted ${count} list items that nobody had made`,
        )
      })
    }
    this.awareness.on('update', (changes: Changes) => this.#awarenessChanged(changes))
    this.#stopRounds = parts.clock.every(3_000, () => this.#round())
    this.#lastMessageAt = parts.clock.now()
  }

  get clientId(): number {
    return this.#parts.clientId
  }

  get wantsEchoes(): boolean {
    return this.#parts.wishes.echo
  }

  get synced(): boolean {
    return this.#synced
  }

  get wantsConnection(): boolean {
    return this.#wanted
  }

  get socket(): SimSocket | undefined {
    return this.#socket
  }

  /** Goes online; idempotent. */
  connect(): void {
    this.#wanted = true
    this.#open()
  }

  /** Goes offline as an application does: says goodbye first. */
  disconnect(): void {
    this.#wanted = false
    this.#sendAwareness([this.clientId], new Map())
    this.#socket?.closeByClient()
    this.#closed()
  }

  /** Leaves for good without a word, as a laptop that is closed. */
  vanish(): void {
    this.#wanted = false
    this.#socket?.reset()
    this.#closed()
    this.destroy()
  }

  /** Leaves for good. */
  destroy(): void {
    this.disconnect()
    this.#stopRounds()
    this.awareness.destroy()
    this.document.destroy()
  }

  #open(): void {
    if (!this.#wanted || this.#socket !== undefined) return
    const { echo, saved } = this.#parts.wishes
    const query = `${echo ? 'echo=1&' : ''}${saved ? 'saved=1' : ''}`
    const own = { socket: undefined as SimSocket | undefined }
    const isCurrent = (): boolean => this.#socket === own.socket
    own.socket = this.#parts.connect(`/${this.name}?${query}`, {
      opened: () => isCurrent() && this.#opened(),
      message: (bytes, published) => isCurrent() && this.#receive(bytes, published),
      closed: (code) => isCurrent() && this.#closedByOther(code),
    })
    this.#socket = own.socket
    this.#book = new ReceiptBook(this.#parts)
    this.#own.clear()
  }

  #opened(): void {
    this.#connected = true
    this.#lastMessageAt = this.#parts.clock.now()
    const encoder = createEncoder()
    writeVarUint(encoder, types.sync)
    writeSyncStep1(encoder, this.document)
    this.#send(toUint8Array(encoder))
    if (this.awareness.getLocalState() !== null) this.#sendAwareness([this.clientId])
  }

  readonly #stateVector = (): Map<number, number> =>
    Y.decodeStateVector(Y.encodeStateVector(this.document))

  #closedByOther(code: number): void {
    if (code === deletedCode && this.#parts.isDeleted()) this.#wanted = false
    else if (code >= 4_400 && code < 4_500) {
      this.#parts.trace.violate(`client ${this.clientId} was sent away for good with ${code}`)
    }
    this.#closed()
  }

  #closed(): void {
    if (this.#socket === undefined) return
    this.#socket = undefined
    this.#synced = false
    if (this.#connected) {
      this.#connected = false
      const others = [...this.awareness.getStates().keys()].filter((id) => id !== this.clientId)
      removeAwarenessStates(this.awareness, others, this)
    }
    this.#failures++
    this.#parts.trace.counts.reconnects++
    const wait = Math.min(2 ** this.#failures * 100, backoffMsMax)
    this.#parts.clock.after(wait, () => this.#open())
  }

  #receive(bytes: Uint8Array, published: boolean): void {
    this.#lastMessageAt = this.#parts.clock.now()
    const decoder = createDecoder(bytes)
    const type = readVarUint(decoder)
    switch (type) {
      case types.sync:
        this.#receiveSync(bytes, decoder, published)
        return
      case types.awareness:
        applyAwarenessUpdate(this.awareness, readVarUint8Array(decoder), this)
        return
      case types.queryAwareness:
        this.#sendAwareness([...this.awareness.getStates().keys()])
        return
      case types.saved:
        this.#book.saved(readVarUint(decoder))
        return
      case types.auth:
        if (this.#parts.isDeleted()) return
        this.#parts.trace.violate(`client ${this.clientId} was denied`)
        return
      default:
        this.#parts.trace.violate(`client ${this.clientId} got a message of type ${type}`)
    }
  }

  #receiveSync(bytes: Uint8Array, decoder: Decoder, published: boolean): void {
    const said = createDecoder(bytes.subarray(1))
    const kind = readVarUint(said)
    const payload = readVarUint8Array(said)
    const isUpdate = kind === messageYjsUpdate
    const echo = isUpdate && !published && this.#book.echoed(payload)
    // A difference for one who fell behind may well hold what they wrote themselves.
    if (!echo && published && this.#own.has(hashOf(payload))) {
      this.#parts.trace.violate(`client ${this.clientId} got its own update back unasked`)
    }
    if (!published && kind !== 0) this.#countLarge(payload)
    const encoder = createEncoder()
    writeVarUint(encoder, types.sync)
    readSyncMessage(decoder, encoder, this.document, this, (error: Error) => {
      this.#parts.trace.violate(`client ${this.clientId} could not apply: ${error.message}`)
    })
    if (kind === messageYjsSyncStep2 && !this.#synced) {
      this.#synced = true
      this.#failures = 0
    }
    if (length(encoder) === 1) return
    const answer = toUint8Array(encoder)
    const told = readVarUint8Array(createDecoder(answer.subarray(2)))
    this.#book.sent('step-2', told, this.#stateVector)
    this.#send(answer)
  }

  /** A large description of what makes sense only as a whole. */
  #countLarge(update: Uint8Array): void {
    const { hasEditor, largeBytes, trace } = this.#parts
    if (!hasEditor || update.length <= largeBytes) return
    if (this.#synced) trace.counts.largeCatchUps++
    else trace.counts.largeOpenings++
  }

  #sendUpdate(update: Uint8Array): void {
    if (!this.#connected) return
    // Without structs it names nobody: others who delete the same send the same bytes.
    if (update[0] !== 0) this.#own.add(hashOf(update))
    const encoder = createEncoder()
    writeVarUint(encoder, types.sync)
    writeUpdate(encoder, update)
    this.#book.sent('update', update, this.#stateVector)
    this.#send(toUint8Array(encoder))
  }

  #awarenessChanged({ added, updated, removed }: Changes): void {
    const changed = [...added, ...updated, ...removed]
    for (const id of changed) this.#heardAt.set(id, this.#parts.clock.now())
    this.#sendAwareness(changed)
  }

  #sendAwareness(ids: number[], states = this.awareness.states): void {
    if (!this.#connected) return
    const encoder = createEncoder()
    writeVarUint(encoder, types.awareness)
    writeVarUint8Array(encoder, encodeAwarenessUpdate(this.awareness, ids, states))
    this.#send(toUint8Array(encoder))
  }

  #send(bytes: Uint8Array): void {
    this.#parts.trace.note(`up ${this.#socket?.id}`, this.#parts.clock.now(), bytes)
    this.#socket?.sendUp(bytes)
  }

  /** What the provider and the presence do every three seconds. */
  #round(): void {
    const now = this.#parts.clock.now()
    if (this.#connected && now - this.#lastMessageAt > silenceMsMax) {
      this.#parts.trace.note('watchdog', now)
      this.#socket?.closeByClient()
      this.#closed()
    }
    const state = this.awareness.getLocalState()
    const since = (id: number): number => now - (this.#heardAt.get(id) ?? 0)
    if (state !== null && since(this.clientId) >= 15_000) this.awareness.setLocalState(state)
    const silent = [...this.awareness.states.keys()].filter(
      (id) => id !== this.clientId && since(id) >= 30_000,
    )
    if (silent.length > 0) removeAwarenessStates(this.awareness, silent, 'timeout')
  }
}

interface Changes {
  readonly added: number[]
  readonly updated: number[]
  readonly removed: number[]
}

function hashOf(update: Uint8Array): bigint {
  return Bun.hash.xxHash64(update)
}
