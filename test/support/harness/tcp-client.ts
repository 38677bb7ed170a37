import { connect, type Socket } from 'node:net'
import { until } from './wait.ts'

/** A bare TCP connection that says what it is told to, byte by byte if need be. */
export class TcpClient {
  readonly #socket: Socket
  readonly #heard: Buffer[] = []
  closed = false

  private constructor(socket: Socket) {
    this.#socket = socket
    socket.on('data', (chunk: Buffer) => this.#heard.push(chunk))
    socket.on('error', () => undefined)
    socket.on('close', () => {
      this.closed = true
    })
  }

  /** Connects to a port of this machine. */
  static async connect(port: number): Promise<TcpClient> {
    const socket = connect(port, '127.0.0.1')
    const client = new TcpClient(socket)
    await until('a connection', () => !socket.connecting)
    return client
  }

  /** Connects and upgrades. */
  static async upgrade(port: number, path: string, lines: readonly string[] = []) {
    const client = await TcpClient.connect(port)
    client.say(upgradeRequest(path, lines))
    await until('the handshake', () => client.text().includes('\r\n\r\n') || client.closed)
    return client
  }

  say(bytes: string | Uint8Array): void {
    this.#socket.write(bytes)
  }

  /** One WebSocket frame, masked with zeros. */
  sayFrame(opcode: number, payload: Uint8Array, fin = true): void {
    const { length } = payload
    const short = length < 126 ? length : length < 65_536 ? 126 : 127
    const header = Buffer.alloc(short === 127 ? 14 : short === 126 ? 8 : 6)
    header[0] = (fin ? 0x80 : 0) | opcode
    header[1] = 0x80 | short
    if (short === 126) header.writeUInt16BE(length, 2)
    if (short === 127) header.writeBigUInt64BE(BigInt(length), 2)
    this.say(Buffer.concat([header, payload]))
  }

  /** All that was heard, as latin-1. */
  text(): string {
    return Buffer.concat(this.#heard).toString('latin1')
  }

  /** Status of the first answer; 0 before one. */
  get status(): number {
    return Number(/^HTTP\/1\.1 (\d{3})/.exec(this.text())?.[1] ?? 0)
  }

  end(): void {
    this.#socket.destroy()
  }
}

/** What a client says to upgrade. */
function upgradeRequest(path: string, lines: readonly string[] = []): string {
  const own = [
    `GET ${path} HTTP/1.1`,
    'Host: 127.0.0.1',
    'Connection: Upgrade',
    'Upgrade: websocket',
    'Sec-WebSocket-Version: 13',
    'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
  ]
  return `${[...own, ...lines].join('\r\n')}\r\n\r\n`
}
