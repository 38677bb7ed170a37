import {
  createDecoder,
  type Decoder,
  readVarString,
  readVarUint,
  readVarUint8Array,
} from 'lib0/decoding'

/** Whether clients reach the server; without, they try in vain, as they would with no network. */
export interface Network {
  up: boolean
  /** Codes with which sockets were closed, where somebody wants to know. */
  readonly closes?: number[]
}

/** How one protocol says the two things that matter here. */
interface Dialect {
  /** The update that a client's frame carries, where it is one that the server confirms. */
  readonly update: (frame: Uint8Array) => Uint8Array | undefined
  /** How many frames the server's frame confirms, given how many it has confirmed. */
  readonly confirmed: (frame: Uint8Array, before: number) => number | undefined
}

/** `step-2` and `update` carry what is confirmed; `step-1` does not. */
function syncUpdate(decoder: Decoder): Uint8Array | undefined {
  if (readVarUint(decoder) !== 0 || readVarUint(decoder) === 0) return undefined
  return readVarUint8Array(decoder)
}

/** y-websocket with `saved=1`: message 110 counts all so far. */
export const yWebsocketDialect: Dialect = {
  update: (frame) => syncUpdate(createDecoder(frame)),
  confirmed(frame) {
    const decoder = createDecoder(frame)
    return readVarUint(decoder) === 110 ? readVarUint(decoder) : undefined
  },
}

/** Hocuspocus: SyncStatus 1 confirms the next one. */
export const hocuspocusDialect: Dialect = {
  update(frame) {
    if (frame.length === 1) return undefined
    const decoder = createDecoder(frame)
    readVarString(decoder)
    return syncUpdate(decoder)
  },
  confirmed(frame, before) {
    if (frame.length === 1) return undefined
    const decoder = createDecoder(frame)
    readVarString(decoder)
    if (readVarUint(decoder) !== 8) return undefined
    if (readVarUint(decoder) === 0) throw new Error('the server has refused a sound update')
    return before + 1
  },
}

/** Nobody listens on the port of the discard service. */
const nowhere = 'ws://127.0.0.1:9'

/**
 * A WebSocket for a published client that notes what goes out and hands over each update that the
 * server has confirmed, once and in order.
 */
export function recordingSocket(
  dialect: Dialect,
  network: Network,
  saved: (update: Uint8Array) => void,
): typeof WebSocket {
  return class extends WebSocket {
    readonly #sent: Uint8Array[] = []
    #confirmed = 0

    constructor(url: string | URL) {
      super(network.up ? url : nowhere)
      this.addEventListener('close', ({ code }) => network.closes?.push(code))
      this.addEventListener('message', ({ data }: MessageEvent) => {
        const bytes = new Uint8Array(data as ArrayBuffer)
        const confirmed = dialect.confirmed(bytes, this.#confirmed)
        if (confirmed === undefined) return
        if (confirmed > this.#sent.length) throw new Error('more is confirmed than was sent')
        for (const update of this.#sent.slice(this.#confirmed, confirmed)) saved(update)
        this.#confirmed = confirmed
      })
    }

    override send(data: Parameters<WebSocket['send']>[0]): void {
      if (!(data instanceof Uint8Array)) throw new TypeError('a client has sent something odd')
      const update = dialect.update(data)
      const leaves = this.readyState === WebSocket.OPEN
      if (update !== undefined && leaves) this.#sent.push(update.slice())
      super.send(data)
    }
  }
}
