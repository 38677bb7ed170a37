import { HocuspocusProvider, HocuspocusProviderWebsocket } from 'hocuspocus-provider-4'
import { Awareness } from 'y-protocols/awareness'
import type * as Y from 'yjs'
import { type Link, Listeners, socketAddress, type Standing } from './link.ts'

/** As quick to return as the other client; the provider's own pauses grow to half a minute. */
const returning = { delay: 200, minDelay: 200, maxDelay: 2_500 }

/** What the provider tells by events only. */
interface Heard {
  failures: number
  refusal: string | undefined
  /** Whether something was written here. */
  wrote: boolean
}

/** Opens a document with the stock Hocuspocus client, which talks through the server only. */
export function openHocuspocusLink(document: string, doc: Y.Doc, token: string | undefined): Link {
  const listeners = new Listeners()
  const heard: Heard = { failures: 0, refusal: undefined, wrote: false }
  const awareness = new Awareness(doc)
  const url = socketAddress('/hocuspocus')
  const websocketProvider = new HocuspocusProviderWebsocket({ url, ...returning })
  const provider = new HocuspocusProvider({
    name: document,
    document: doc,
    awareness,
    websocketProvider,
    token: token ?? null,
    onAuthenticated: () => (heard.refusal = undefined),
    onAuthenticationFailed: ({ reason }) => {
      heard.refusal = reason
      listeners.tellSoon()
    },
    onSynced: () => (heard.failures = 0),
    onUnsyncedChanges: listeners.tellSoon,
    onClose: () => {
      heard.failures++
      listeners.tellSoon()
    },
    onStatus: listeners.tellSoon,
  })
  const noteEdit = (_update: Uint8Array, origin: unknown): void => {
    if (origin !== provider) heard.wrote = true
  }
  doc.on('update', noteEdit)
  provider.attach()
  return {
    protocol: 'hocuspocus',
    awareness,
    get standing() {
      return standingOf(provider, websocketProvider, heard)
    },
    get pending() {
      return provider.unsyncedChanges
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

function standingOf(
  provider: HocuspocusProvider,
  { shouldConnect }: HocuspocusProviderWebsocket,
  { failures, refusal, wrote }: Heard,
): Standing {
  const { authorizedScope, hasUnsyncedChanges, synced, unsyncedChanges: pending } = provider
  if (!shouldConnect) return { kind: 'paused', pending }
  if (refusal !== undefined) return { kind: 'refused', reason: refusal }
  if (!synced) return failures > 0 ? { kind: 'unreachable', pending } : { kind: 'connecting' }
  if (!hasUnsyncedChanges) return { kind: 'saved' }
  // The protocol has no word for a single edit that is refused: it stays unsynced.
  return authorizedScope === 'readonly' && wrote
    ? { kind: 'refused', reason: 'You may read this document, not change it.' }
    : { kind: 'saving' }
}
