import { WebsocketProvider } from 'y-websocket'
import * as Y from 'yjs'
import { roomOf } from './document-name.ts'
import type { Person } from './person.ts'

/** One participant in one document: a document of its own and its own connection. */
export interface Client {
  /** The document's name as people see it. */
  readonly document: string
  readonly doc: Y.Doc
  readonly provider: WebsocketProvider
  readonly prose: Y.XmlFragment
  readonly code: Y.Text
  /** Whether something was written here that the server has not been told. */
  readonly hasUnsent: () => boolean
}

/** How tabs of one browser talk: also straight to each other, or only through the server. */
export type Reach = 'tabs-and-server' | 'server-only'

function serverUrl(): string {
  return `${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/ws`
}

/** Opens a document on the page's own server and begins to connect. */
export function openClient(document: string, reach: Reach): Client {
  const doc = new Y.Doc()
  const provider = new WebsocketProvider(serverUrl(), roomOf(document), doc, {
    disableBc: reach === 'server-only',
  })
  let unsent = false
  doc.on('update', (_update, origin) => {
    if (origin !== provider && !provider.synced) unsent = true
  })
  provider.on('sync', (synced) => {
    if (synced) unsent = false
  })
  return {
    document,
    doc,
    provider,
    prose: doc.getXmlFragment('prose'),
    code: doc.getText('code'),
    hasUnsent: () => unsent,
  }
}

/** Shows the client to the others as this person, with no caret until they are in an editor. */
export function appear(client: Client, person: Person): void {
  // The caret goes too: the editors redraw a caret's name tag only when the caret comes anew.
  client.provider.awareness.setLocalState({ user: person, cursor: null })
}

/** Takes the client out of everybody's list; its document and connection stay. */
export function disappear(client: Client): void {
  client.provider.awareness.setLocalState(null)
}

/** Disconnects for good and frees the document. */
export function closeClient(client: Client): void {
  client.provider.destroy()
  client.doc.destroy()
}
