import { HocuspocusProvider, HocuspocusProviderWebsocket } from 'hocuspocus-provider-4'
import { WebsocketProvider } from 'y-websocket'
import * as Y from 'yjs'
import { trackSaved } from 'ytopic/client'
import { keepOffline, type OfflineCopy, overHocuspocus, overWebsocket } from 'ytopic/offline'

// A page as somebody would write it around a stock provider. The tests look at it as `notes`.
const wanted = new URL(location.href).searchParams
const server = wanted.get('server') ?? ''
const name = wanted.get('document') ?? ''
const told: string[] = []
const doc = new Y.Doc()
const text = doc.getText('text')
const key = await keyFrom(wanted.get('key'))
const person = wanted.get('person') ?? undefined
const copy: OfflineCopy = keepOffline(doc, { server, document: name, person, key })
for (const event of ['replaced', 'deleted'] as const) copy.on(event, () => told.push(event))
await copy.ready
const connection = wanted.get('protocol') === 'hocuspocus' ? overHocus() : overY()

/** What the tests do on the page. */
export interface Notes {
  readonly told: readonly string[]
  readonly copy: OfflineCopy
  readonly text: Y.Text
  isSaved(): boolean
  disconnect(): void
  connect(): void
  /** The earlier copies' texts. */
  earlierTexts(): Promise<readonly string[]>
}

const notes: Notes = {
  told,
  copy,
  text,
  ...connection,
  async earlierTexts() {
    const texts = (await copy.earlier()).map(async (earlier) => {
      const other = new Y.Doc()
      Y.applyUpdate(other, await earlier.read())
      return other.getText('text').toJSON()
    })
    return Promise.all(texts)
  },
}
Reflect.set(window, 'notes', notes)

type Connection = Pick<Notes, 'connect' | 'disconnect' | 'isSaved'>

function overY(): Connection {
  const params = { saved: '1', grant: '1' }
  const provider = new WebsocketProvider(`${server}/ws`, name, doc, { params, disableBc: true })
  const saved = trackSaved(provider)
  copy.follow(overWebsocket(provider, saved))
  return {
    isSaved: () => saved.saved,
    disconnect: () => provider.disconnect(),
    connect: () => provider.connect(),
  }
}

function overHocus(): Connection {
  const websocketProvider = new HocuspocusProviderWebsocket({
    url: `${server}/hocuspocus?grant=1`,
    delay: 100,
    minDelay: 100,
    maxDelay: 500,
  })
  const provider = new HocuspocusProvider({ name, document: doc, websocketProvider })
  copy.follow(overHocuspocus(provider))
  provider.attach()
  return {
    isSaved: () => provider.synced && !provider.hasUnsyncedChanges,
    disconnect: () => websocketProvider.disconnect(),
    connect: () => void websocketProvider.connect(),
  }
}

/** A key that is the same for the same word. */
async function keyFrom(word: string | null): Promise<CryptoKey | undefined> {
  if (word === null) return undefined
  const bytes = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(word))
  return crypto.subtle.importKey('raw', bytes, 'AES-GCM', false, ['encrypt', 'decrypt'])
}
