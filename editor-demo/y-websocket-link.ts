import { WebsocketProvider } from 'y-websocket'
import type * as Y from 'yjs'
import { type SavedTracker, trackSaved } from 'ytopic/client'
import { onGranted } from 'ytopic/granted'
import { roomOf } from './document-name.ts'
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

/** Close codes that a token would help against: it is missing, too old or not good for this. */
const tokenCodes: ReadonlySet<number> = new Set([4401, 4403])

/** Opens a document with the stock y-websocket client. */
export function openYWebsocketLink(
  document: string,
  doc: Y.Doc,
  reach: Reach,
  token: string | undefined,
  before: Before,
): Link {
  const provider = new WebsocketProvider(socketAddress('/ws'), roomOf(document), doc, {
    disableBc: reach === 'server-only',
    params: { saved: '1', grant: '1' },
    // Not in the URL, which proxies write to their logs.
    protocols: token === undefined ? [] : ['ytopic', `token.${token}`],
  })
  const saved = trackSaved(provider)
  const listeners = new Listeners()
  const heard: Heard = { ...before, paused: false, code: undefined, settled: false }
  hear(provider, saved, heard, listeners)
  return {
    protocol: 'y-websocket',
    awareness: provider.awareness,
    get standing() {
      return standingOf(provider, saved, heard)
    },
    get granted() {
      return heard.granted
    },
    get pending() {
      return heard.pending + saved.pending
    },
    watch: (listener) => listeners.add(listener),
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

interface Heard {
  granted: Before['granted']
  /** Edits of an earlier link, until all is known to be saved. */
  pending: number
  paused: boolean
  /** With which code the last connection was closed; undefined while there is one. */
  code: number | undefined
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
  provider.on('status', ({ status }) => {
    if (status === 'connecting') heard.code = undefined
    tellSoon()
  })
  provider.on('sync', tellSoon)
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
  if (heard.paused) return { kind: 'paused', pending }
  if (reason !== undefined) {
    return { kind: wantsToken(heard) ? 'denied' : 'refused', reason, pending }
  }
  if (!provider.wsconnected && provider.wsUnsuccessfulReconnects > 0) {
    return { kind: 'unreachable', pending }
  }
  if (!provider.wsconnected || !provider.synced) return { kind: 'connecting' }
  if (saved.saved) return { kind: mayOnlyRead(heard) ? 'reading' : 'saved' }
  // What nobody has touched is not being saved, it is only not known to be.
  return { kind: pending > 0 || heard.settled ? 'saving' : 'connecting' }
}
