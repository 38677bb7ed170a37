import * as Y from 'yjs'
import { type HocuspocusLink, openHocuspocusLink } from './hocuspocus-link.ts'
import { type Before, nothingBefore, type Protocol, type Reach } from '../editor/link/link.ts'
import type { Person } from '../editor/link/person.ts'
import { openYWebsocketLink, type YWebsocketLink } from '../editor/link/y-websocket-link.ts'

/** One participant in one document: a document of its own and its own connection. */
export interface Client {
  /** The document's name as people see it. */
  readonly document: string
  readonly doc: Y.Doc
  readonly link: HocuspocusLink | YWebsocketLink
  readonly prose: Y.XmlFragment
  readonly code: Y.Text
}

/** How a document is connected. */
export interface Manner {
  readonly protocol: Protocol
  readonly reach: Reach
  /** Shown to the server, where it asks for one. */
  readonly token: string | undefined
}

/** Opens a document on the page's own server and begins to connect. */
export function openClient(document: string, manner: Manner): Client {
  return connectClient(document, new Y.Doc(), manner, nothingBefore)
}

/** Goes on with the client's document, whatever is in it, in another manner. */
export function reconnect(client: Client, manner: Manner): Client {
  const { granted, pending } = client.link
  client.link.destroy()
  return connectClient(client.document, client.doc, manner, { granted, pending })
}

/** Shows the client to the others as this person, with no caret until they are in an editor. */
export function appear(client: Client, person: Person): void {
  // The caret goes too: the editors redraw a caret's name tag only when the caret comes anew.
  client.link.awareness.setLocalState({ user: person, cursor: null })
}

/** Takes the client out of everybody's list; its document and connection stay. */
export function disappear(client: Client): void {
  client.link.awareness.setLocalState(null)
}

/** Disconnects for good and frees the document. */
export function closeClient(client: Client): void {
  client.link.destroy()
  client.doc.destroy()
}

function connectClient(
  document: string,
  doc: Y.Doc,
  { protocol, reach, token }: Manner,
  before: Before,
): Client {
  const link =
    protocol === 'hocuspocus'
      ? openHocuspocusLink(document, doc, token, before)
      : openYWebsocketLink({ server: location.origin, document, doc, reach, token, before })
  return {
    document,
    doc,
    link,
    prose: doc.getXmlFragment('prose'),
    code: doc.getText('code'),
  }
}
