import { HocuspocusProvider, HocuspocusProviderWebsocket } from '@hocuspocus/provider'
import { WebsocketProvider } from 'y-websocket'
import { Awareness } from 'y-protocols/awareness'
import * as Y from 'yjs'

const query = new URLSearchParams(location.search)
const base = location.origin.replace('http', 'ws')

/** Who is at this page: `?name=Ben` is somebody else. */
export const user = { name: query.get('name') ?? 'Ana', color: query.get('color') ?? '#1f6feb' }

/** The element that an editor fills. */
export const place: HTMLElement = document.querySelector('#editor') ?? document.body

/** A document on its way to everybody else who has it open. */
export interface Connected {
  readonly doc: Y.Doc
  readonly awareness: Awareness
  readonly provider: WebsocketProvider | HocuspocusProvider
  readonly begin: () => void
}

/**
 * Opens a document with y-websocket, or with Hocuspocus at `?protocol=hocuspocus`.
 * @param name of the document
 * @param now false for a binding that says itself when to begin
 */
export function connect(name: string, now = true): Connected {
  const doc = new Y.Doc()
  const awareness = new Awareness(doc)
  awareness.setLocalStateField('user', user)
  if (query.get('protocol') !== 'hocuspocus') {
    const provider = new WebsocketProvider(`${base}/ws`, name, doc, { awareness, connect: now })
    return { doc, awareness, provider, begin: () => provider.connect() }
  }
  const websocketProvider = new HocuspocusProviderWebsocket({
    url: `${base}/hocuspocus`,
    autoConnect: now,
  })
  const provider = new HocuspocusProvider({ websocketProvider, name, document: doc, awareness })
  // A provider that shares a socket has to be put on it.
  provider.attach()
  return { doc, awareness, provider, begin: () => void websocketProvider.connect() }
}
