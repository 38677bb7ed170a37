import type { Socket } from 'bun'
import { clientFrame, type FrameListener, FrameReader } from './frames.ts'

/** What the owner of a socket hears. */
export interface RawListener {
  message(bytes: Uint8Array, from: number, to: number): void
  large(head: Uint8Array, length: number): void
  closed(): void
}

/** Time spent in this process's handlers of what came, in milliseconds: how busy it was. */
export const busy = { ms: 0 }

/** A WebSocket client on a bare TCP socket: nothing is copied or made into objects on the way. */
export class RawSocket implements FrameListener {
  readonly #reader = new FrameReader(this)
  readonly #listener: RawListener
  #socket: Socket | undefined
  #upgraded = false
  #head = ''
  #unsent: Uint8Array[] = []
  bytesReceived = 0
  readonly #open = Promise.withResolvers<void>()

  private constructor(listener: RawListener) {
    this.#listener = listener
  }

  /** Connects and upgrades. */
  static async connect(port: number, path: string, listener: RawListener): Promise<RawSocket> {
    const client = new RawSocket(listener)
    client.#socket = await Bun.connect({
      hostname: '127.0.0.1',
      port,
      socket: {
        data(_socket, chunk) {
          const started = performance.now()
          client.#receive(chunk)
          busy.ms += performance.now() - started
        },
        drain: () => client.#flush(),
        close: () => listener.closed(),
        error: (_socket, error) => client.#open.reject(error),
      },
    })
    client.#socket.setNoDelay(true)
    const key = btoa(String.fromCharCode(...crypto.getRandomValues(new Uint8Array(16))))
    const request = [
      `GET ${path} HTTP/1.1`,
      `Host: 127.0.0.1:${port}`,
      'Upgrade: websocket',
      'Connection: Upgrade',
      'Sec-WebSocket-Version: 13',
      `Sec-WebSocket-Key: ${key}`,
    ]
    client.write(new TextEncoder().encode(`${request.join('\r\n')}\r\n\r\n`))
    await client.#open.promise
    return client
  }

  /** Keeps large messages whole from now on. */
  collect(): void {
    this.#reader.collect = true
  }

  /** Sends one message. */
  send(payload: Uint8Array): void {
    this.write(clientFrame(payload))
  }

  /** Sends bytes that are frames already. */
  write(bytes: Uint8Array): void {
    if (this.#unsent.length > 0) {
      this.#unsent.push(bytes)
      return
    }
    const sent = Math.max(0, this.#socket?.write(bytes) ?? 0)
    if (sent < bytes.length) this.#unsent.push(bytes.subarray(sent))
  }

  /** Stops reading: what the server sends piles up on its side. */
  end(): void {
    this.#socket?.terminate()
  }

  frame(bytes: Uint8Array, from: number, to: number): void {
    this.#listener.message(bytes, from, to)
  }

  large(head: Uint8Array, length: number): void {
    this.#listener.large(head, length)
  }

  ping(payload: Uint8Array): void {
    this.write(clientFrame(payload, 10))
  }

  closed(): void {
    this.#listener.closed()
  }

  #flush(): void {
    const unsent = this.#unsent
    this.#unsent = []
    for (const bytes of unsent) this.write(bytes)
  }

  #receive(chunk: Uint8Array): void {
    this.bytesReceived += chunk.length
    if (this.#upgraded) return this.#reader.feed(chunk)
    this.#head += String.fromCharCode(...chunk)
    const end = this.#head.indexOf('\r\n\r\n')
    if (end < 0) return
    if (!this.#head.startsWith('HTTP/1.1 101')) {
      return this.#open.reject(new Error(this.#head.slice(0, 60)))
    }
    this.#upgraded = true
    const rest = Uint8Array.from(this.#head.slice(end + 4), (char) => char.charCodeAt(0))
    this.#head = ''
    this.#open.resolve()
    if (rest.length > 0) this.#reader.feed(rest)
  }
}
