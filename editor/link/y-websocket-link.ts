import { WebsocketProvider } from 'y-websocket'
import type * as Y from 'yjs'
import { type SavedTracker, trackSaved } from 'ytopic/client'
import { type Granted, onGranted } from 'ytopic/granted'
import {
  type Before,
  type Link,
  Listeners,
  mayOnlyRead,
  mayWrite,
  type Reach,
  socketAddress,
  type Standing,
} from './link.ts'
import { restarting } from './status.ts'

/** Close codes that a token would help against: it is missing, too old or not good for this. */
const tokenCodes: ReadonlySet<number> = new Set([4401, 4403])

/** A connection that is not open by then is none: browsers wait for minutes. */
const openWithinMs = 10_000

/** Which document a link opens, and how. */
export interface Opening {
  /** Address of the server, as `https://docs.example.org`. */
  readonly server: string
  readonly document: string
  readonly doc: Y.Doc
  readonly reach: Reach
  /** Shown to the server, where it asks for one. */
  readonly token: string | undefined
  readonly before: Before
  /** Whether it waits for `useToken` before it connects. */
  readonly waits?: boolean
}

/** A link that can be given another token. */
export interface YWebsocketLink extends Link {
  readonly protocol: 'y-websocket'
  readonly provider: WebsocketProvider
  readonly saved: SavedTracker
  /**
   * Shows the server this token from now on, and connects anew.
   * @param access what the server has granted before: it counts for as long as the server is away
   */
  useToken(token: string | undefined, access?: Granted['access']): void
}

/** Opens a document with the stock y-websocket client. */
export function openYWebsocketLink(opening: Opening): YWebsocketLink {
  const { server, document, doc, reach, token, before, waits = false } = opening
  const provider = new WebsocketProvider(socketAddress(server, '/ws'), roomOf(document), doc, {
    connect: !waits,
    disableBc: reach === 'server-only',
    params: { saved: '1', grant: '1', chat: '1' },
    protocols: protocolsFor(token),
  })
  const saved = trackSaved(provider)
  const listeners = new Listeners()
  const heard: Heard = {
    ...before,
    expected: undefined,
    paused: false,
    code: undefined,
    last: undefined,
    settled: false,
  }
  hear(provider, saved, heard, listeners)
  return {
    protocol: 'y-websocket',
    provider,
    saved,
    awareness: provider.awareness,
    get standing() {
      return standingOf(provider, saved, heard)
    },
    get granted() {
      const isAway = heard.paused || provider.wsUnsuccessfulReconnects > 0
      return heard.granted ?? (isAway ? heard.expected : undefined)
    },
    get pending() {
      return heard.pending + saved.pending
    },
    watch: (listener) => listeners.add(listener),
    useToken(other, access) {
      heard.expected = access && { access, user: undefined, incarnation: undefined }
      provider.protocols = protocolsFor(other)
      heard.paused = false
      reconnect(provider)
      listeners.tellSoon()
    },
    connect() {
      heard.paused = false
      provider.connect()
      listeners.tellSoon()
    },
    disconnect() {
      heard.paused = true
      provider.disconnect()
      listeners.tellSoon()
    },
    destroy() {
      saved.destroy()
      provider.destroy()
      provider.awareness.destroy()
    },
  }
}

/** Not in the URL, which proxies write to their logs. */
function protocolsFor(token: string | undefined): string[] {
  return token === undefined ? [] : ['ytopic', `token.${token}`]
}

/**
 * The room of a document in y-websocket's terms. The client appends it to the server's URL as it
 * is, so it is escaped here: `#` and `?` would end the path, `../` would leave it.
 */
function roomOf(name: string): string {
  return encodeURIComponent(name)
}

interface Heard {
  granted: Before['granted']
  /** What was granted when the server was last there. */
  expected: Before['granted']
  /** Edits of an earlier link, until all is known to be saved. */
  pending: number
  paused: boolean
  /** With which code the last connection was closed; undefined while there is one. */
  code: number | undefined
  /** The same, until the document has been opened again. */
  last: number | undefined
  /** Whether everything has been saved once on this connection. */
  settled: boolean
}

function hear(
  provider: WebsocketProvider,
  saved: SavedTracker,
  heard: Heard,
  { tellSoon }: Listeners,
): void {
  onGranted(provider, (granted) => {
    const regained = mayOnlyRead(heard) && mayWrite({ granted })
    heard.granted = granted
    // Where a frame was refused receipts count no longer: they count anew on a new connection.
    if (regained && saved.refusal !== undefined) queueMicrotask(() => reconnect(provider))
    tellSoon()
  })
  provider.on('connection-close', (event) => {
    heard.settled = false
    heard.code = event?.code ?? 0
    heard.last = heard.code
    if (isFinal(heard.code)) heard.granted = undefined
    tellSoon()
  })
  saved.on('change', () => {
    if (saved.saved) {
      heard.settled = true
      heard.pending = 0
    }
    tellSoon()
  })
  let opening: ReturnType<typeof setTimeout>
  provider.on('status', ({ status }) => {
    clearTimeout(opening)
    if (status === 'connecting') {
      heard.code = undefined
      opening = setTimeout(() => provider.ws?.close(), openWithinMs)
    }
    tellSoon()
  })
  provider.on('sync', (isSynced) => {
    if (isSynced) heard.last = undefined
    tellSoon()
  })
}

/** Whether the server has closed for good: it takes nothing until somebody connects anew. */
function isFinal(code: number): boolean {
  return code >= 4400 && code < 4500
}

/** Who is refused before anything is granted lacks a token, unless the close says otherwise. */
function wantsToken({ code, granted }: Heard): boolean {
  return granted === undefined && (code === undefined || tokenCodes.has(code))
}

function reconnect(provider: WebsocketProvider): void {
  provider.disconnect()
  provider.connect()
}

function standingOf(provider: WebsocketProvider, saved: SavedTracker, heard: Heard): Standing {
  const { refusal: reason } = saved
  const pending = heard.pending + saved.pending
  const code = heard.last === undefined ? {} : { code: heard.last }
  if (heard.paused) return { kind: 'paused', pending }
  if (reason !== undefined) {
    return { kind: wantsToken(heard) ? 'denied' : 'refused', reason, pending, ...code }
  }
  const fails = provider.wsUnsuccessfulReconnects > 0 || heard.last === restarting
  if (!provider.wsconnected && fails) return { kind: 'unreachable', pending, ...code }
  if (!provider.wsconnected || !provider.synced) return { kind: 'connecting' }
  if (saved.saved) return { kind: mayOnlyRead(heard) ? 'reading' : 'saved' }
  // What nobody has touched is not being saved, it is only not known to be.
  return { kind: pending > 0 || heard.settled ? 'saving' : 'connecting' }
}
