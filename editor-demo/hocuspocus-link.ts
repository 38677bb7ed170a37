import { HocuspocusProvider, HocuspocusProviderWebsocket } from 'hocuspocus-provider-4'
import { createDecoder, readVarInt, readVarString, readVarUint } from 'lib0/decoding'
import { Awareness } from 'y-protocols/awareness'
import type * as Y from 'yjs'
import { parseGranted } from 'ytopic/granted'
import {
  type Before,
  type Link,
  Listeners,
  mayOnlyRead,
  mayWrite,
  socketAddress,
  type Standing,
} from '../editor/link/link.ts'

/** As quick to return as the other client; the provider's own pauses grow to half a minute. */
const returning = { delay: 200, minDelay: 200, maxDelay: 2_500 }

/** What the provider tells by events only. */
interface Heard {
  granted: Before['granted']
  failures: number
  /** Why it was denied on its address. */
  denial: string | undefined
  /** Edits made here since all was saved, and what an earlier link has left unsaved. */
  pending: number
  /** Whether everything has been saved once on this connection. */
  settled: boolean
  /** Whether an edit was not taken on this connection. */
  refused: boolean
}

/** Number of the message that says whether an update was taken. */
const syncStatus = 8

/** A link with the provider that it is made of. */
export interface HocuspocusLink extends Link {
  readonly protocol: 'hocuspocus'
  readonly provider: HocuspocusProvider
}

/** Opens a document with the stock Hocuspocus client, which talks through the server only. */
export function openHocuspocusLink(
  document: string,
  doc: Y.Doc,
  token: string | undefined,
  before: Before,
): HocuspocusLink {
  const listeners = new Listeners()
  const heard: Heard = { ...before, failures: 0, denial: undefined, settled: false, refused: false }
  const awareness = new Awareness(doc)
  const url = socketAddress(location.origin, '/hocuspocus?grant=1')
  const websocketProvider = new HocuspocusProviderWebsocket({ url, ...returning })
  const provider = new HocuspocusProvider({
    name: document,
    document: doc,
    awareness,
    websocketProvider,
    token: token ?? null,
  })
  hear(provider, heard, listeners)
  websocketProvider.on('message', ({ data }: { readonly data: ArrayBuffer }) => {
    if (saysRefused(data)) heard.refused = true
    listeners.tellSoon()
  })
  const noteEdit = (_update: Uint8Array, origin: unknown): void => {
    if (origin !== provider) heard.pending++
  }
  doc.on('update', noteEdit)
  provider.attach()
  return {
    protocol: 'hocuspocus',
    provider,
    awareness,
    get standing() {
      return standingOf(provider, websocketProvider, heard)
    },
    get granted() {
      return heard.granted
    },
    get pending() {
      return heard.pending
    },
    watch: (listener) => listeners.add(listener),
    connect() {
      heard.failures = 0
      // It goes on trying for ever; what came of it the page hears by the status.
      websocketProvider.connect().catch(listeners.tellSoon)
      listeners.tellSoon()
    },
    disconnect() {
      websocketProvider.disconnect()
      listeners.tellSoon()
    },
    destroy() {
      doc.off('update', noteEdit)
      provider.destroy()
      websocketProvider.destroy()
    },
  }
}

function hear(provider: HocuspocusProvider, heard: Heard, { tellSoon }: Listeners): void {
  provider.on('authenticated', () => (heard.denial = undefined))
  provider.on('authenticationFailed', ({ reason }: { readonly reason: string }) => {
    heard.denial = reason
    heard.granted = undefined
    tellSoon()
  })
  provider.on('stateless', ({ payload }: { readonly payload: string }) => {
    const wasReader = mayOnlyRead(heard)
    heard.granted = parseGranted(payload) ?? heard.granted
    // What was refused until now is confirmed only as the answer to a question of ours.
    if (wasReader && mayWrite(heard)) provider.forceSync()
    tellSoon()
  })
  provider.on('synced', () => (heard.failures = 0))
  provider.on('unsyncedChanges', ({ number }: { readonly number: number }) => {
    if (number === 0) {
      heard.settled = true
      heard.pending = 0
      heard.refused = false
    }
    tellSoon()
  })
  provider.on('close', () => {
    heard.failures++
    heard.settled = false
    heard.refused = false
    tellSoon()
  })
  provider.on('status', tellSoon)
}

function standingOf(
  { hasUnsyncedChanges, synced }: HocuspocusProvider,
  { shouldConnect }: HocuspocusProviderWebsocket,
  { denial, failures, granted, pending, refused, settled }: Heard,
): Standing {
  if (!shouldConnect) return { kind: 'paused', pending }
  if (denial !== undefined) return { kind: 'denied', reason: denial, pending }
  if (!synced) return failures > 0 ? { kind: 'unreachable', pending } : { kind: 'connecting' }
  const isReader = mayOnlyRead({ granted })
  if (!hasUnsyncedChanges) return { kind: isReader ? 'reading' : 'saved' }
  // An edit that is refused stays unsynced; why, the protocol does not say.
  if ((isReader || refused) && pending > 0) {
    const reason = isReader
      ? 'You may read this document, not change it.'
      : 'A change was not taken: it may be too large, or the document full.'
    return { kind: 'refused', reason, pending }
  }
  // What nobody has touched is not being saved, it is only not known to be.
  return { kind: pending > 0 || settled ? 'saving' : 'connecting' }
}

/** The provider itself makes nothing of an update that was not taken. */
function saysRefused(data: ArrayBuffer): boolean {
  const message = createDecoder(new Uint8Array(data))
  readVarString(message)
  return readVarUint(message) === syncStatus && readVarInt(message) === 0
}
