import type { Socket } from 'bun'
import { describeError } from '../../base/log.ts'
import type { RedisAddress } from './address.ts'
import { encodeCommand, RespError, RespReader, type RespValue } from './resp.ts'

/** What a connection is heard of. */
export interface ConnectionEvents {
  value(value: RespValue): void
  ended(reason: string): void
}

/** Bytes that wait for Redis before it counts as away. */
const unsentBytesMax = 32 * 1024 * 1024

/** One connection to a Redis, with which both sides speak RESP3. */
export class RedisConnection {
  readonly #events: ConnectionEvents
  readonly #reader = new RespReader()
  #socket: Socket | undefined
  #unsent: Uint8Array[] = []
  #unsentBytes = 0
  #ended = false

  constructor(events: ConnectionEvents) {
    this.#events = events
  }

  /** Connects and asks to be let in; `events` hears of the answer. */
  open({ host, password, port, tls, user }: RedisAddress, ca: string | undefined): void {
    Bun.connect({
      hostname: host,
      port,
      ...(tls ? { tls: ca === undefined ? true : { ca, rejectUnauthorized: true } } : {}),
      socket: {
        binaryType: 'buffer',
        open: (socket) => {
          if (!tls) this.#opened(socket)
        },
        handshake: (socket, _authorized, error) => {
          if (error !== null) this.end(`its certificate is not believed: ${error.message}`)
          else this.#opened(socket)
        },
        data: (_, bytes) => this.#read(bytes),
        drain: () => this.#flush(),
        close: () => this.end('the connection was closed'),
        error: (_, error) => this.end(error.message),
      },
    }).catch((error: unknown) => this.end(describeError(error)))
    const login = password === undefined ? [] : ['AUTH', user ?? 'default', password]
    this.send('HELLO', '3', ...login)
  }

  /** Says a command; it waits where the socket is not open yet or does not take it. */
  send(...words: readonly (string | Uint8Array)[]): void {
    if (this.#ended) return
    const bytes = encodeCommand(...words)
    this.#unsent.push(bytes)
    this.#unsentBytes += bytes.length
    if (this.#unsentBytes > unsentBytesMax) return this.end('it takes nothing')
    if (this.#unsent.length === 1) this.#flush()
  }

  /** Ends it; `events` hears of that once. */
  end(reason: string): void {
    if (this.#ended) return
    this.#ended = true
    this.#unsent = []
    this.#socket?.terminate()
    this.#events.ended(reason)
  }

  #opened(socket: Socket): void {
    this.#socket = socket
    if (this.#ended) socket.terminate()
    else this.#flush()
  }

  #read(bytes: Uint8Array): void {
    if (this.#ended) return
    try {
      for (const value of this.#reader.read(bytes)) {
        if (value instanceof RespError) return this.end(value.message)
        this.#events.value(value)
      }
    } catch (error) {
      this.end(describeError(error))
    }
  }

  #flush(): void {
    const socket = this.#socket
    if (socket === undefined || this.#ended) return
    while (this.#unsent.length > 0) {
      const bytes = this.#unsent.length === 1 ? this.#unsent[0] : Buffer.concat(this.#unsent)
      if (bytes === undefined) return
      const taken = Math.max(0, socket.write(bytes))
      this.#unsentBytes -= taken
      this.#unsent = taken < bytes.length ? [bytes.subarray(taken)] : []
      if (taken < bytes.length) return
    }
  }
}
