import { readAuthMessage } from 'y-protocols/auth'
import { WebsocketProvider } from 'y-websocket'
import * as Y from 'yjs'
import { until } from './wait.ts'

/** A stock y-websocket client with a document of its own. */
export interface Client {
  readonly document: Y.Doc
  readonly provider: WebsocketProvider
  end(): void
}

const messageAuth = 2

const takeDenial: WebsocketProvider['messageHandlers'][number] = (_, decoder, { doc }) => {
  readAuthMessage(decoder, doc, () => undefined)
}

/**
 * A published provider that keeps to itself what it is denied. It would print that, and a line of
 * its among the results of tests looks like a failure.
 */
export function quietProvider(
  url: string,
  name: string,
  document: Y.Doc,
  options: ConstructorParameters<typeof WebsocketProvider>[3] = {},
): WebsocketProvider {
  const provider = new WebsocketProvider(url, name, document, options)
  provider.messageHandlers[messageAuth] = takeDenial
  return provider
}

/**
 * Connects a published provider, as an application does. Tabs in one process would hear each other
 * without the server, so that way is off.
 * @param url server URL, with `/ws` where the test wants it
 */
export function connect(
  url: string,
  name: string,
  document = new Y.Doc(),
  params: Readonly<Record<string, string>> = {},
): Client {
  const provider = quietProvider(url, name, document, { disableBc: true, params })
  return {
    document,
    provider,
    end() {
      provider.destroy()
      document.destroy()
    },
  }
}

/** Resolves when every client has been brought up to date once. */
export async function synced(...clients: readonly Client[]): Promise<void> {
  await until('all synced', () => clients.every(({ provider }) => provider.synced))
}

/** Content and structure of a document, to be compared. */
function fingerprint(document: Y.Doc): string {
  return Buffer.from(Y.encodeStateAsUpdate(document)).toString('base64')
}

/** Resolves when every document holds the same. */
export async function converged(...documents: readonly Y.Doc[]): Promise<void> {
  const [first, ...others] = documents
  await until('all documents equal', () => {
    const wanted = first === undefined ? '' : fingerprint(first)
    return others.every((document) => fingerprint(document) === wanted)
  })
}
