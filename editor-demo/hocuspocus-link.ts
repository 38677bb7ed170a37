import { HocuspocusProvider, HocuspocusProviderWebsocket } from 'hocuspocus-provider-4'
import { Awareness } from 'y-protocols/awareness'
import type * as Y from 'yjs'
import { type Link, Listeners, socketAddress, type Standing } from './link.ts'

/** As quick to return as the other client; the provider's own pauses grow to half a minute. */
const returning = { delay: 200, minDelay: 200, maxDelay: 2_500 }

/** Opens a document with the stock Hocuspocus client, which talks through the server only. */
export function openHocuspocusLink(document: string, doc: Y.Doc): Link {
  const listeners = new Listeners()
  const awareness = new Awareness(doc)
  const websocketProvider = new HocuspocusProviderWebsocket({
    url: socketAddress('/hocuspocus'),
    ...returning,
  })
  let failures = 0
  let refusal: string | undefined
  const provider = new HocuspocusProvider({
    name: document,
    document: doc,
    awareness,
    websocketProvider,
    onAuthenticated: () => (refusal = undefined),
    onAuthenticationFailed: ({ reason }) => {
      refusal = reason
      listeners.tellSoon()
    },
    onSynced: () => (failures = 0),
    onUnsyncedChanges: listeners.tellSoon,
    onClose: () => {
      failures++
      listeners.tellSoon()
    },
    onStatus: listeners.tellSoon,
  })
  provider.attach()
  const standing = (): Standing => {
    const pending = provider.unsyncedChanges
    if (!websocketProvider.shouldConnect) return { kind: 'paused', pending }
    if (refusal !== undefined) return { kind: 'refused', reason: refusal }
    if (provider.synced) return { kind: provider.hasUnsyncedChanges ? 'saving' : 'saved' }
    return failures > 0 ? { kind: 'unreachable', pending } : { kind: 'connecting' }
  }
  return {
    protocol: 'hocuspocus',
    awareness,
    get standing() {
      return standing()
    },
    get pending() {
      return provider.unsyncedChanges
    },
    watch: (listener) => listeners.add(listener),
    connect() {
      failures = 0
      // It goes on trying for ever; what came of it the page hears by the status.
      websocketProvider.connect().catch(listeners.tellSoon)
      listeners.tellSoon()
    },
    disconnect() {
      websocketProvider.disconnect()
      listeners.tellSoon()
    },
    destroy() {
      provider.destroy()
      websocketProvider.destroy()
    },
  }
}
