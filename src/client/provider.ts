import type { Decoder } from 'lib0/decoding'
import type { Encoder } from 'lib0/encoding'
import type * as Y from 'yjs'

/** Reads one message; `emitSynced` is true for the socket's and false for another tab's. */
export type MessageHandler = (
  encoder: Encoder,
  decoder: Decoder,
  provider: never,
  emitSynced: boolean,
  messageType: number,
) => void

/** What is used of a browser's socket. */
export interface ProviderSocket {
  readonly readyState: number
  send(data: Uint8Array<ArrayBuffer>): void
}

/** What is used of a close event. */
export interface ProviderClose {
  readonly code: number
  readonly reason: string
}

/** Close code "try again later": the server turns writers away while its disk takes nothing. */
const tryAgainLater = 1013
/** From here on close codes are the server's own: it has refused something. */
const ownCloseCodes = 4000

/** Why the server refused something, if that is what a close says. */
export function refusalIn(event: ProviderClose | null): string | undefined {
  const code = event?.code ?? 0
  if (code !== tryAgainLater && code < ownCloseCodes) return undefined
  return event?.reason || `The server closed the connection with code ${code}.`
}

type StatusListener = (event: { readonly status: string }) => void
type CloseListener = (event: ProviderClose | null) => void

/** What is used of a `WebsocketProvider` of `y-websocket` 3. */
export interface ReceiptProvider {
  readonly doc: Y.Doc
  readonly url: string
  readonly ws: ProviderSocket | null
  readonly shouldConnect: boolean
  readonly messageHandlers: MessageHandler[]
  params: Record<string, string>
  connect(): void
  disconnect(): void
  on(name: 'status', listener: StatusListener): unknown
  on(name: 'connection-close', listener: CloseListener): unknown
  off(name: 'status', listener: StatusListener): unknown
  off(name: 'connection-close', listener: CloseListener): unknown
}
