import * as v2 from 'hocuspocus-provider-2'
import * as v3 from 'hocuspocus-provider-3'
import * as v4 from 'hocuspocus-provider-4'
import type { Awareness } from 'y-protocols/awareness'
import * as Y from 'yjs'
import { until } from './wait.ts'

/** The published versions of the provider that are installed. */
export type Version = 2 | 3 | 4
export const versions = [2, 3, 4] as const

/** What the three versions of a provider's socket have in common. */
export interface ProviderSocket {
  readonly status: string
  readonly webSocket: WebSocket | null
  connect(): Promise<unknown>
  disconnect(): void
  destroy(): void
}

/** What the three versions of a provider have in common. */
interface Provider {
  readonly synced: boolean
  readonly unsyncedChanges: number
  readonly hasUnsyncedChanges: boolean
  readonly isAuthenticated: boolean
  readonly authorizedScope: string | undefined
  readonly awareness: Awareness | null
  forceSync(): void
  sendStateless(text: string): void
  setAwarenessField(key: string, value: unknown): void
  on(event: string, listener: (data: never) => void): unknown
  destroy(): void
  attach?(): void
  detach?(): void
}

/** A stock Hocuspocus client with a document of its own. */
export interface HocuspocusClient {
  readonly version: Version
  readonly document: Y.Doc
  readonly provider: Provider
  readonly socket: ProviderSocket
  /** Leaves and, unless the socket was given, closes it. */
  end(): void
}

/** What a client is made of beside its version and its document's name. */
export interface ClientOptions {
  readonly document?: Y.Doc
  readonly token?: string | null | (() => Promise<string>)
  readonly socket?: ProviderSocket
  readonly sessionAwareness?: boolean
}

const libraries = { 2: v2, 3: v3, 4: v4 } as const

/** A socket of that version; its waits are short, so that tests are. */
export function openSocket(version: Version, url: string, polyfill = WebSocket): ProviderSocket {
  const configuration = {
    url,
    WebSocketPolyfill: polyfill,
    delay: 50,
    minDelay: 50,
    maxDelay: 200,
    factor: 1,
    jitter: false,
  }
  const { HocuspocusProviderWebsocket } = libraries[version]
  return new HocuspocusProviderWebsocket(configuration)
}

/**
 * Connects a published provider, as an application does. Tabs in one process would hear each other
 * without the server, so that way is off.
 */
export function connectHocuspocus(
  version: Version,
  url: string,
  name: string,
  options: ClientOptions = {},
): HocuspocusClient {
  const document = options.document ?? new Y.Doc()
  const socket = options.socket ?? openSocket(version, url)
  const { HocuspocusProvider } = libraries[version]
  const configuration = {
    name,
    document,
    websocketProvider: socket,
    token: options.token === undefined ? 'a token' : options.token,
    broadcast: false,
    sessionAwareness: options.sessionAwareness ?? false,
  }
  const provider = new HocuspocusProvider(configuration as never) as unknown as Provider
  // A provider on a socket of its own making attaches itself; on a given one from version 3 not.
  provider.attach?.()
  return {
    version,
    document,
    provider,
    socket,
    end() {
      provider.destroy()
      if (options.socket === undefined) socket.destroy()
      document.destroy()
    },
  }
}

/** Resolves when every client is synced and has nothing left that is not on disk. */
export async function allSaved(...clients: readonly HocuspocusClient[]): Promise<void> {
  const saved = ({ provider }: HocuspocusClient) => provider.synced && !provider.hasUnsyncedChanges
  await until('all synced and saved', () => clients.every(saved))
}
