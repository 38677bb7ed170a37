import { createDecoder, readVarUint } from 'lib0/decoding'
import {
  createEncoder,
  toUint8Array,
  writeUint8,
  writeVarString,
  writeVarUint,
  writeVarUint8Array,
} from 'lib0/encoding'

/** Types one letter after the other over a raw socket, and hears which of them are saved. */
export class Typist {
  readonly #socket: WebSocket
  readonly #client: number
  readonly #due: number[] = []
  readonly #saved: (dueAt: number) => void
  #confirmed = 0
  #failed: string | undefined

  private constructor(socket: WebSocket, client: number, saved: (dueAt: number) => void) {
    this.#socket = socket
    this.#client = client
    this.#saved = saved
    socket.binaryType = 'arraybuffer'
    socket.addEventListener('message', ({ data }: MessageEvent<ArrayBuffer>) => this.#hear(data))
    socket.addEventListener('close', ({ code, reason }) => {
      this.#failed = `closed with ${code} ${reason}`
    })
  }

  /**
   * Opens a document.
   * @param client id of a Yjs client, another one for each typist
   * @param saved hears of each letter that is saved, with the time at which it was due
   */
  static async connect(
    url: string,
    client: number,
    saved: (dueAt: number) => void,
  ): Promise<Typist> {
    const socket = new WebSocket(`${url}?saved=1`)
    const typist = new Typist(socket, client, saved)
    await new Promise<void>((resolve, reject) => {
      socket.addEventListener('open', () => resolve())
      socket.addEventListener('error', () => reject(new Error(`no connection to ${url}`)))
    })
    socket.send(Uint8Array.of(0, 0, 1, 0))
    return typist
  }

  get typed(): number {
    return this.#due.length
  }

  get saved(): number {
    return this.#confirmed
  }

  /** Types a letter that was due at that time. */
  type(dueAt: number): void {
    if (this.#failed !== undefined) throw new Error(this.#failed)
    this.#socket.send(letter(this.#client, this.#due.push(dueAt) - 1))
  }

  close(): void {
    this.#socket.close()
  }

  #hear(data: ArrayBuffer): void {
    const decoder = createDecoder(new Uint8Array(data))
    if (readVarUint(decoder) !== 110) return
    const count = readVarUint(decoder)
    for (; this.#confirmed < count; this.#confirmed++) {
      this.#saved(this.#due[this.#confirmed] ?? Number.NaN)
    }
  }
}

/** The update message with which Yjs appends a letter to the client's own last one. */
function letter(client: number, clock: number): Uint8Array<ArrayBuffer> {
  const update = createEncoder()
  for (const number of [1, 1, client, clock]) writeVarUint(update, number)
  if (clock === 0) {
    // A string, below a root type by its name.
    writeUint8(update, 4)
    writeVarUint(update, 1)
    writeVarString(update, `text of ${client}`)
  } else {
    // A string, to the right of the letter before.
    writeUint8(update, 0x84)
    for (const number of [client, clock - 1]) writeVarUint(update, number)
  }
  writeVarString(update, 'x')
  writeVarUint(update, 0)
  const message = createEncoder()
  writeVarUint(message, 0)
  writeVarUint(message, 2)
  writeVarUint8Array(message, toUint8Array(update))
  return toUint8Array(message)
}
