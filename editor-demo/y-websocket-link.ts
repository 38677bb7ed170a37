import { WebsocketProvider } from 'y-websocket'
import type * as Y from 'yjs'
import { trackSaved } from 'ytopic/client'
import { roomOf } from './document-name.ts'
import { type Link, Listeners, type Reach, socketAddress, type Standing } from './link.ts'

/** Opens a document with the stock y-websocket client. */
export function openYWebsocketLink(
  document: string,
  doc: Y.Doc,
  reach: Reach,
  token: string | undefined,
): Link {
  const provider = new WebsocketProvider(socketAddress('/ws'), roomOf(document), doc, {
    disableBc: reach === 'server-only',
    params: { saved: '1' },
    // Not in the URL, which proxies write to their logs.
    protocols: token === undefined ? [] : ['ytopic', `token.${token}`],
  })
  const saved = trackSaved(provider)
  const listeners = new Listeners()
  provider.on('status', listeners.tellSoon)
  provider.on('sync', listeners.tellSoon)
  provider.on('connection-close', listeners.tellSoon)
  saved.on('change', listeners.tellSoon)
  const standing = (): Standing => {
    const { pending, refusal } = saved
    if (refusal !== undefined) return { kind: 'refused', reason: refusal }
    if (!provider.shouldConnect) return { kind: 'paused', pending }
    if (provider.wsconnected) {
      if (!provider.synced) return { kind: 'connecting' }
      return { kind: saved.saved ? 'saved' : 'saving' }
    }
    if (provider.wsUnsuccessfulReconnects > 0) return { kind: 'unreachable', pending }
    return { kind: 'connecting' }
  }
  return {
    protocol: 'y-websocket',
    awareness: provider.awareness,
    get standing() {
      return standing()
    },
    get pending() {
      return saved.pending
    },
    watch: (listener) => listeners.add(listener),
    connect: () => provider.connect(),
    disconnect: () => provider.disconnect(),
    destroy() {
      saved.destroy()
      provider.destroy()
      provider.awareness.destroy()
    },
  }
}
