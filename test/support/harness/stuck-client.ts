import { connect, type Socket } from 'node:net'
import { until } from './wait.ts'

/**
 * A WebSocket client on a bare TCP connection that reads only when it is told to, as a suspended
 * tab or a dead link does.
 */
export class StuckClient {
  readonly #socket: Socket
  #received = 0
  #open = false
  closed = false
  /** Everything after the handshake, while it is kept. */
  readonly #chunks: Buffer[] = []

  private constructor(socket: Socket) {
    this.#socket = socket
    socket.on('data', (chunk: Buffer) => {
      if (this.#open) this.#chunks.push(chunk)
      else this.#open = true
      this.#received += chunk.length
    })
    socket.on('error', () => undefined)
    socket.on('close', () => {
      this.closed = true
    })
  }

  /** Connects and upgrades. */
  static async connect(port: number, path: string): Promise<StuckClient> {
    const socket = connect(port, '127.0.0.1')
    const client = new StuckClient(socket)
    const lines = [
      `GET ${path} HTTP/1.1`,
      `Host: 127.0.0.1:${port}`,
      'Connection: Upgrade',
      'Upgrade: websocket',
      'Sec-WebSocket-Version: 13',
      'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
    ]
    socket.write(`${lines.join('\r\n')}\r\n\r\n`)
    await until('the handshake', () => client.#open)
    return client
  }

  get receivedBytes(): number {
    return this.#received
  }

  /** Sends one binary message of less than 126 bytes, masked with zeros. */
  say(message: Uint8Array): void {
    this.#socket.write(Uint8Array.of(0x82, 0x80 | message.length, 0, 0, 0, 0, ...message))
  }

  stopReading(): void {
    this.#socket.pause()
  }

  goOnReading(): void {
    this.#socket.resume()
  }

  /** The binary messages received so far. */
  messages(): Uint8Array[] {
    const bytes = Buffer.concat(this.#chunks)
    const messages: Uint8Array[] = []
    for (let at = 0; at + 2 <= bytes.length;) {
      const opcode = (bytes[at] ?? 0) & 15
      const short = (bytes[at + 1] ?? 0) & 127
      const header = short < 126 ? 2 : short === 126 ? 4 : 10
      if (at + header > bytes.length) break
      let length = short
      if (short === 126) length = bytes.readUInt16BE(at + 2)
      else if (short === 127) length = Number(bytes.readBigUInt64BE(at + 2))
      if (at + header + length > bytes.length) break
      if (opcode === 2) messages.push(bytes.subarray(at + header, at + header + length))
      at += header + length
    }
    return messages
  }

  end(): void {
    this.#socket.destroy()
  }
}
