/** Which way a message goes, seen from the page. */
export type Direction = 'in' | 'out'

/** A class of sockets, as providers take one. */
export type SocketClass = new (url: string | URL, protocols?: string | string[]) => WebSocket

/** What is done with the messages of a connection that is looked at. */
export interface Wires {
  /** So long each message waits, in milliseconds. */
  delayMs: number
  /** Whether every connection is cut as soon as it is made. */
  isCut: boolean
  readonly opened: () => void
  readonly closed: () => void
  readonly passed: (direction: Direction, bytes: Uint8Array) => void
}

/** Lets things happen in their order, each so much later. */
class Line {
  readonly #wires: Wires
  readonly #waiting: (() => void)[] = []

  constructor(wires: Wires) {
    this.#wires = wires
  }

  pass(act: () => void): void {
    const { delayMs } = this.#wires
    if (delayMs === 0 && this.#waiting.length === 0) return act()
    this.#waiting.push(act)
    setTimeout(() => this.#waiting.shift()?.(), delayMs)
  }
}

/**
 * A class of sockets that tells what passes, and delays or cuts it. It is the own socket of the
 * provider: whatever else counts what is sent counts it here, at its time.
 */
export function watchedSockets(wires: Wires, Base: SocketClass): SocketClass {
  return class WatchedSocket extends Base {
    readonly #out = new Line(wires)
    readonly #in = new Line(wires)
    readonly #late = new WeakSet<Event>()

    constructor(url: string | URL, protocols?: string | string[]) {
      super(url, protocols)
      // The first to hear of each event: nobody else has the socket yet.
      this.addEventListener('message', this.#onMessage)
      this.addEventListener('open', wires.opened)
      this.addEventListener('close', wires.closed)
      if (wires.isCut) queueMicrotask(() => this.close())
    }

    override send(data: string | Blob | BufferSource): void {
      this.#out.pass(() => {
        if (this.readyState !== this.OPEN) return
        if (data instanceof Uint8Array) wires.passed('out', data)
        super.send(data)
      })
    }

    readonly #onMessage = (event: MessageEvent<unknown>): void => {
      const { data } = event
      if (!(data instanceof ArrayBuffer)) return
      if (wires.delayMs === 0 || this.#late.has(event)) {
        return wires.passed('in', new Uint8Array(data))
      }
      event.stopImmediatePropagation()
      this.#in.pass(() => {
        if (this.readyState !== this.OPEN) return
        const late = new MessageEvent('message', { data })
        this.#late.add(late)
        this.dispatchEvent(late)
      })
    }
  }
}
