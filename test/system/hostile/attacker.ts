import { createEncoder, toUint8Array, writeVarString, writeVarUint } from 'lib0/encoding'
import { hocuspocus } from '../../../src/protocol/hocuspocus.ts'
import { until } from '../../support/harness/wait.ts'

/** What is attacked: a document of a running server. */
export interface Victim {
  readonly url: string
  readonly http: string
  readonly port: number
  readonly document: string
}

/** One of the two protocols. Their frames are alike behind the address. */
export interface Wire {
  readonly name: 'y-websocket' | 'hocuspocus'
  url(victim: Victim): string
  /** A frame of that wire, from the bytes behind the address on. */
  frame(victim: Victim, payload: Uint8Array): Uint8Array
  /** What a client says before anything else. */
  hello(victim: Victim): readonly Uint8Array[]
}

const stepOne = Uint8Array.of(0, 0, 1, 0)

/** Both of them. */
export const wires: readonly Wire[] = [
  {
    name: 'y-websocket',
    url: ({ url, document }) => `${url}/ws/${document}`,
    frame: (_, payload) => payload,
    hello: () => [stepOne],
  },
  {
    name: 'hocuspocus',
    url: ({ url }) => `${url}/hocuspocus`,
    frame: behindAddress,
    hello(victim) {
      const { document } = victim
      const codec = hocuspocus.codec({ kind: 'address', document, text: document })
      const auth = codec.encode({ kind: 'auth', token: '', version: undefined })
      return [auth ?? Uint8Array.of(), behindAddress(victim, stepOne)]
    },
  },
]

function behindAddress({ document }: Victim, payload: Uint8Array): Uint8Array {
  const encoder = createEncoder()
  writeVarString(encoder, document)
  return join([toUint8Array(encoder), payload])
}

/** A client that means no good. It does not care what it is told. */
export class Attacker {
  readonly #socket: WebSocket
  readonly #victim: Victim
  readonly #wire: Wire
  heardBytes = 0
  closed: number | undefined

  private constructor(socket: WebSocket, victim: Victim, wire: Wire) {
    this.#socket = socket
    this.#victim = victim
    this.#wire = wire
    socket.binaryType = 'arraybuffer'
    socket.addEventListener('message', ({ data }) => {
      this.heardBytes += (data as ArrayBuffer).byteLength
    })
    socket.addEventListener('close', ({ code }) => {
      this.closed = code
    })
  }

  /** Connects; resolves when it is connected, or was turned away. */
  static async connect(victim: Victim, wire: Wire): Promise<Attacker> {
    const socket = new WebSocket(wire.url(victim))
    const attacker = new Attacker(socket, victim, wire)
    await new Promise<void>((resolve) => {
      socket.addEventListener('open', () => resolve())
      socket.addEventListener('close', () => resolve())
      socket.addEventListener('error', () => resolve())
    })
    return attacker
  }

  /** Connects and opens the document. */
  static async open(victim: Victim, wire: Wire): Promise<Attacker> {
    const attacker = await Attacker.connect(victim, wire)
    for (const frame of wire.hello(victim)) attacker.sayRaw(frame)
    await until('an answer', () => attacker.heardBytes > 0 || attacker.closed !== undefined)
    return attacker
  }

  /** Says a frame on the attacked document. */
  say(...payload: readonly (number | Uint8Array)[]): void {
    this.sayRaw(this.#wire.frame(this.#victim, join(payload)))
  }

  /** Says an update. */
  update(update: Uint8Array): void {
    this.say(0, 2, varUint(update.length), update)
  }

  /** Says an awareness update. */
  awareness(update: Uint8Array): void {
    this.say(1, varUint(update.length), update)
  }

  sayRaw(bytes: Uint8Array): void {
    if (this.#socket.readyState === WebSocket.OPEN) {
      this.#socket.send(bytes as Uint8Array<ArrayBuffer>)
    }
  }

  sayText(text: string): void {
    if (this.#socket.readyState === WebSocket.OPEN) this.#socket.send(text)
  }

  ping(): void {
    if (this.#socket.readyState !== WebSocket.OPEN) return
    const pinging = this.#socket as unknown as { ping(): void }
    pinging.ping()
  }

  /** Waits until the server has read what was said, or has had enough. */
  async spent(): Promise<void> {
    await until('all is sent', () => this.#socket.bufferedAmount === 0 || this.isGone)
    const before = this.heardBytes
    for (const frame of this.#wire.hello(this.#victim)) this.sayRaw(frame)
    await until('an answer or a close', () => this.heardBytes > before || this.isGone)
  }

  get isGone(): boolean {
    return this.closed !== undefined
  }

  end(): void {
    this.#socket.close()
  }
}

/** A varUint as lib0 writes it. */
export function varUint(value: number): Uint8Array {
  const encoder = createEncoder()
  writeVarUint(encoder, value)
  return toUint8Array(encoder)
}

/** Numbers and bytes in a row. */
export function join(parts: readonly (number | Uint8Array)[]): Uint8Array {
  return Buffer.concat(parts.map((part) => (typeof part === 'number' ? Uint8Array.of(part) : part)))
}
