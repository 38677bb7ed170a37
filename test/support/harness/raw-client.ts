import { createDecoder, readVarString, readVarUint } from 'lib0/decoding'
import * as Y from 'yjs'
import type { BadFrame, Frame, Granted } from '../../../src/protocol/frame.ts'
import { yWebsocket } from '../../../src/protocol/y-websocket.ts'
import { socketWith } from './socket.ts'
import { until } from './wait.ts'
import { plainFrame } from './plain-frame.ts'

/** A y-websocket client that says exactly what a test tells it to, and remembers what it heard. */
export class RawClient {
  readonly heard: Frame[] = []
  readonly raw: Uint8Array[] = []
  closed: { readonly code: number; readonly reason: string } | undefined
  readonly #socket: WebSocket

  private constructor(socket: WebSocket) {
    this.#socket = socket
    socket.binaryType = 'arraybuffer'
    socket.addEventListener('message', (event) => {
      const bytes = new Uint8Array(event.data as ArrayBuffer)
      this.raw.push(bytes)
      const frame = readFrame(bytes)
      if (frame.kind === 'bad-frame') throw new Error(`the server sent ${frame.reason}`)
      this.heard.push(frame)
    })
    socket.addEventListener('close', ({ code, reason }) => {
      this.closed = { code, reason }
    })
  }

  /** Connects; resolves once the socket is open. */
  static async connect(
    url: string,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<RawClient> {
    const socket = socketWith(url, headers)
    const client = new RawClient(socket)
    await new Promise<void>((resolve, reject) => {
      socket.addEventListener('open', () => resolve())
      socket.addEventListener('error', () => reject(new Error(`no connection to ${url}`)))
    })
    return client
  }

  say(frame: Frame): void {
    this.#socket.send(yWebsocket.encode(frame) as Uint8Array<ArrayBuffer>)
  }

  sayBytes(bytes: Uint8Array): void {
    this.#socket.send(bytes as Uint8Array<ArrayBuffer>)
  }

  sayText(text: string): void {
    this.#socket.send(text)
  }

  /** Says what the document has and waits for the answer. */
  async open(document = new Y.Doc()): Promise<this> {
    this.say({ kind: 'step-1', stateVector: Y.encodeStateVector(document) })
    await this.hears('step-2')
    return this
  }

  /** Waits until a frame of that kind has come. */
  async hears(kind: Frame['kind'], count = 1): Promise<void> {
    const enough = () => this.heard.filter((frame) => frame.kind === kind).length >= count
    await until(`${count} × ${kind}`, enough)
  }

  /** Waits until the server has closed. */
  async closes(): Promise<{ readonly code: number; readonly reason: string }> {
    await until('a close', () => this.closed !== undefined)
    return this.closed ?? { code: 0, reason: '' }
  }

  /** The last count of saved frames that was heard; -1 before any. */
  get savedCount(): number {
    const last = this.heard.findLast((frame) => frame.kind === 'saved')
    return last?.kind === 'saved' ? last.count : -1
  }

  /** Updates heard so far, step 2 included. */
  updates(): Uint8Array[] {
    return this.heard.flatMap((frame) => ('update' in frame && isUpdate(frame) ? frame.update : []))
  }

  /** All that was heard, applied to a fresh document. */
  document(): Y.Doc {
    const document = new Y.Doc()
    for (const update of this.updates()) Y.applyUpdate(document, update)
    return document
  }

  /**
   * A round trip: what the server had to say before it has arrived.
   * @param document what the client says it has; the answer is as large as what that lacks
   */
  async settled(document = new Y.Doc()): Promise<void> {
    const before = this.heard.filter((frame) => frame.kind === 'step-2').length
    this.say({ kind: 'step-1', stateVector: Y.encodeStateVector(document) })
    await this.hears('step-2', before + 1)
  }

  close(): void {
    this.#socket.close()
  }
}

function isUpdate(frame: Frame): boolean {
  return frame.kind === 'update' || frame.kind === 'step-2'
}

function readFrame(bytes: Uint8Array): Frame | BadFrame {
  const decoder = createDecoder(bytes)
  switch (readVarUint(decoder)) {
    case 2:
      readVarUint(decoder)
      return { kind: 'denied', reason: readVarString(decoder) }
    case 110:
      return { kind: 'saved', count: readVarUint(decoder) }
    case 112:
      return { kind: 'granted', ...(JSON.parse(readVarString(decoder)) as Omit<Granted, 'kind'>) }
    default:
      return plainFrame(yWebsocket.decode(bytes))
  }
}
