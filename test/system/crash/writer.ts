import { WebsocketProvider } from 'y-websocket'
import * as Y from 'yjs'
import { connectHocuspocus, openSocket, type Version } from '../../support/harness/hocuspocus.ts'
import type { Random } from '../sim/random.ts'
import { EditBook, tokenOf } from './edit-book.ts'
import {
  hocuspocusDialect,
  type Network,
  recordingSocket,
  yWebsocketDialect,
} from './recording-socket.ts'

/** A published client that edits, and its book. */
export interface Writer {
  readonly book: EditBook
  readonly document: Y.Doc
  synced(): boolean
  edit(): void
  /** Closes the page. */
  end(): void
}

/** Which published client: y-websocket, or a version of the Hocuspocus provider. */
export type Kind = 'y-websocket' | Version

/** What a client is made of. */
export interface WriterParts {
  readonly kind: Kind
  readonly url: string
  readonly name: string
  readonly network: Network
  readonly random: Random
}

/** Where every document keeps its tokens. */
export const tokensOf = (document: Y.Doc): Y.Array<string> => document.getArray<string>('tokens')

/** Makes a client, which connects and, when it has lost the server, tries again by itself. */
export function createWriter({ kind, url, name, network, random }: WriterParts): Writer {
  const document = new Y.Doc()
  document.clientID = random.between(1, 2 ** 32 - 1)
  const book = new EditBook(name, document.clientID)
  const saved = (update: Uint8Array): void => book.saved(update)
  const written = { book, document, edit: () => edit(document, book, random) }
  if (kind === 'y-websocket') {
    const provider = new WebsocketProvider(`${url}/ws`, name, document, {
      disableBc: true,
      maxBackoffTime: 100,
      params: { saved: '1' },
      WebSocketPolyfill: recordingSocket(yWebsocketDialect, network, saved),
    })
    // The socket has read it; without a handler the provider complains.
    provider.messageHandlers[110] = () => undefined
    const end = (): void => {
      provider.destroy()
      document.destroy()
    }
    return { ...written, synced: () => provider.synced, end }
  }
  const socket = openSocket(kind, url, recordingSocket(hocuspocusDialect, network, saved))
  const client = connectHocuspocus(kind, url, name, { document, socket })
  const end = (): void => {
    client.end()
    socket.destroy()
  }
  return { ...written, synced: () => client.provider.synced, end }
}

/** Writes a token somewhere or, now and then, takes one of its own back. */
function edit(document: Y.Doc, book: EditBook, random: Random): void {
  const tokens = tokensOf(document)
  if (book.tokens > 0 && random.chance(0.1)) {
    const clock = random.between(0, book.tokens - 1)
    const at = tokens.toArray().indexOf(tokenOf(book.client, clock))
    if (at >= 0) {
      book.remove(clock)
      return tokens.delete(at)
    }
  }
  tokens.insert(random.between(0, tokens.length), [book.write()])
}
