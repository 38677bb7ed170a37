import * as Y from 'yjs'
import { EditCount } from './counting.ts'
import { RawSocket } from './raw-socket.ts'
import { emptyUpdate, emptyVector, type Wire } from './wires.ts'

/** What a client is to do besides counting. */
export interface ClientOptions {
  readonly writers?: number
  readonly advanced?: (writer: number, from: number, to: number) => void
  /** Keeps every update that comes, to be made into a document. */
  readonly collect?: boolean
  /** What the client has, and what it answers when the server asks for it. */
  readonly stateVector?: Uint8Array
  readonly own?: Uint8Array
  readonly awareness?: (bytes: Uint8Array, from: number, to: number) => void
}

/** A client of the bench: counts what comes, and answers as a stock client must. */
export class BenchClient {
  readonly count: EditCount
  readonly updates: Uint8Array[] = []
  readonly #wire: Wire
  readonly #document: string
  readonly #prefix: number
  readonly #options: ClientOptions
  readonly #opened = Promise.withResolvers<void>()
  #socket: RawSocket | undefined
  readonly #answered = Promise.withResolvers<void>()
  /** When the server has asked what the client has, and was told. */
  readonly answered = this.#answered.promise
  closed = false

  private constructor(wire: Wire, document: string, options: ClientOptions) {
    this.#wire = wire
    this.#document = document
    this.#prefix = wire.prefixBytes(document)
    this.#options = options
    this.count = new EditCount(options.writers ?? 0, options.advanced)
  }

  /** Connects and opens the document; resolves when its content has come. */
  static async open(
    port: number,
    wire: Wire,
    document: string,
    options: ClientOptions = {},
  ): Promise<BenchClient> {
    const client = new BenchClient(wire, document, options)
    const socket = await RawSocket.connect(port, wire.path(document), {
      message: (bytes, from, to) => client.#message(bytes, from, to),
      large: (head) => client.#large(head),
      closed: () => (client.closed = true),
    })
    client.#socket = socket
    if (options.collect === true) socket.collect()
    for (const message of wire.hello(document, options.stateVector ?? emptyVector)) {
      socket.send(message)
    }
    if (wire.answers) await client.#opened.promise
    return client
  }

  get socket(): RawSocket {
    if (this.#socket === undefined) throw new Error('not connected yet')
    return this.#socket
  }

  /** All that came, as a document. */
  document(): Y.Doc {
    const document = new Y.Doc()
    document.transact(() => {
      for (const update of this.updates) Y.applyUpdate(document, update)
    })
    return document
  }

  end(): void {
    this.#socket?.end()
  }

  #message(bytes: Uint8Array, from: number, to: number): void {
    let at = from + this.#prefix
    const type = bytes[at++]
    if (type === 1) this.#options.awareness?.(bytes, at, to)
    if (type !== 0) return
    const sync = bytes[at++] ?? 0
    // The length of what follows; it goes to the end of the message.
    while ((bytes[at++] ?? 0) >= 128);
    if (sync === 0) return this.#answer()
    if (this.#options.collect === true) this.updates.push(bytes.slice(at, to))
    this.count.update(bytes, at, to)
    if (sync === 1) this.#opened.resolve()
  }

  #large(head: Uint8Array): void {
    // Its content counts for nobody here: those who check collect, and get it whole.
    const type = head[this.#prefix]
    const sync = head[this.#prefix + 1]
    if (type === 0 && sync === 1) this.#opened.resolve()
  }

  #answer(): void {
    this.#socket?.send(this.#wire.step2(this.#document, this.#options.own ?? emptyUpdate))
    this.#answered.resolve()
  }
}
