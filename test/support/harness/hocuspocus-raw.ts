import { createDecoder, hasContent, readVarString, readVarUint } from 'lib0/decoding'
import * as Y from 'yjs'
import type { SessionAddress } from '../../../src/protocol/codec.ts'
import type { BadFrame, Frame } from '../../../src/protocol/frame.ts'
import { hocuspocus } from '../../../src/protocol/hocuspocus.ts'
import { socketWith } from './socket.ts'
import { until } from './wait.ts'
import { plainFrame } from './plain-frame.ts'

/** What was heard, and on which address; Ping has none. */
export interface Heard {
  readonly address: string
  readonly frame: Frame | { readonly kind: 'ping' } | { readonly kind: 'server-close' }
  readonly raw: Uint8Array
}

/** A Hocuspocus socket that says exactly what a test tells it to, and remembers what it heard. */
export class RawHocuspocus {
  readonly heard: Heard[] = []
  closed: { readonly code: number; readonly reason: string } | undefined
  readonly #socket: WebSocket

  private constructor(socket: WebSocket) {
    this.#socket = socket
    socket.binaryType = 'arraybuffer'
    socket.addEventListener('message', (event) => {
      this.heard.push(readMessage(new Uint8Array(event.data as ArrayBuffer)))
    })
    socket.addEventListener('close', ({ code, reason }) => {
      this.closed = { code, reason }
    })
  }

  /** Connects; resolves once the socket is open. */
  static async connect(
    url: string,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<RawHocuspocus> {
    const socket = socketWith(url, headers)
    const client = new RawHocuspocus(socket)
    await new Promise<void>((resolve, reject) => {
      socket.addEventListener('open', () => resolve())
      socket.addEventListener('error', () => reject(new Error(`no connection to ${url}`)))
    })
    return client
  }

  say(address: string, frame: Frame): void {
    this.sayBytes(encodeAt(address, frame))
  }

  sayBytes(bytes: Uint8Array): void {
    this.#socket.send(bytes as Uint8Array<ArrayBuffer>)
  }

  sayText(text: string): void {
    this.#socket.send(text)
  }

  /** Shows a token and says that the document is empty here, as a provider does. */
  knock(address: string, token = 'a token', version?: string): void {
    this.say(address, { kind: 'auth', token, version })
    this.say(address, { kind: 'step-1', stateVector: Uint8Array.of(0) })
  }

  /** Knocks and waits for step 2. */
  async open(address: string, token = 'a token', version?: string): Promise<this> {
    const before = this.count(address, 'step-2')
    this.knock(address, token, version)
    await this.hears(address, 'step-2', before + 1)
    return this
  }

  /** Frames of that kind heard on the address. */
  of<Kind extends Heard['frame']['kind']>(address: string, kind: Kind) {
    return this.heard.flatMap((each) =>
      each.address === address && isOf(each.frame, kind) ? [each.frame] : [],
    )
  }

  count(address: string, kind: Heard['frame']['kind']): number {
    return this.of(address, kind).length
  }

  /** How often it was told that something is saved, and that something is not. */
  statuses(address: string): { readonly saved: number; readonly refused: number } {
    const all = this.of(address, 'sync-status')
    const saved = all.filter((status) => status.saved).length
    return { saved, refused: all.length - saved }
  }

  async hears(address: string, kind: Heard['frame']['kind'], count = 1): Promise<void> {
    await until(`${count} × ${kind} on ${address}`, () => this.count(address, kind) >= count)
  }

  /** Waits until the server has closed. */
  async closes(): Promise<{ readonly code: number; readonly reason: string }> {
    await until('a close', () => this.closed !== undefined)
    return this.closed ?? { code: 0, reason: '' }
  }

  /** A round trip on an open address: what the server had to say before it has arrived. */
  async settled(address: string): Promise<void> {
    const before = this.count(address, 'step-2')
    this.say(address, { kind: 'step-1', stateVector: Uint8Array.of(0) })
    await this.hears(address, 'step-2', before + 1)
  }

  /** All that was heard on the address, applied to a fresh document. */
  document(address: string): Y.Doc {
    const document = new Y.Doc()
    for (const { update } of [...this.of(address, 'update'), ...this.of(address, 'step-2')]) {
      Y.applyUpdate(document, update)
    }
    return document
  }

  close(): void {
    this.#socket.close()
  }
}

/** One frame as a client would write it. */
export function encodeAt(address: string, frame: Frame): Uint8Array {
  const bytes = hocuspocus.codec(addressOf(address)).encode(frame)
  if (bytes === undefined) throw new Error(`Hocuspocus has no word for ${frame.kind}`)
  return bytes
}

/** An address as the codec reads it. */
export function addressOf(text: string): SessionAddress {
  return { kind: 'address', text, document: text.split('\0')[0] ?? '' }
}

function isOf<Kind extends Heard['frame']['kind']>(
  frame: Heard['frame'],
  kind: Kind,
): frame is Extract<Heard['frame'], { readonly kind: Kind }> {
  return frame.kind === kind
}

function readMessage(raw: Uint8Array): Heard {
  if (raw.length === 1) return { address: '', frame: { kind: 'ping' }, raw }
  const decoder = createDecoder(raw)
  const address = readVarString(decoder)
  const type = readVarUint(decoder)
  if (type === 2) {
    const what = readVarUint(decoder)
    if (what === 0 && !hasContent(decoder)) return { address, frame: { kind: 'token-wanted' }, raw }
    const denied = what === 1
    const text = readVarString(decoder)
    const access = text === 'readonly' ? 'read' : 'write'
    const frame: Frame = denied
      ? { kind: 'denied', reason: text }
      : { kind: 'authenticated', access }
    return { address, frame, raw }
  }
  if (type === 7) return { address, frame: { kind: 'server-close' }, raw }
  if (type === 8) {
    const frame = { kind: 'sync-status', saved: readVarUint(decoder) === 1 } as const
    if (hasContent(decoder)) throw new Error('the server sent bytes behind a sync status')
    return { address, frame, raw }
  }
  const frame: Frame | BadFrame = plainFrame(hocuspocus.codec(addressOf(address)).decode(raw))
  if (frame.kind === 'bad-frame') throw new Error(`the server sent ${frame.reason}`)
  return { address, frame, raw }
}
