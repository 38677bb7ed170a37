import type * as Y from 'yjs'
import { OfflineCopy } from './offline/offline-copy.ts'
import type { OfflineOptions } from './offline/options.ts'

export { overHocuspocus, overWebsocket } from './offline/followed.ts'
export type {
  Followed,
  FollowedHearing,
  FollowedHocuspocusProvider,
  FollowedSaved,
  FollowedSocket,
  FollowedWebsocketProvider,
} from './offline/followed.ts'
export type { EarlierCopy, OfflineEvents, OfflineOptions } from './offline/options.ts'
export type { MessageHandler } from 'ytopic/granted'
export { OfflineCopy }

/**
 * Keeps a document on this device. Wait for `ready` before the provider is made, and hand that to
 * `follow`.
 * @param doc an empty one, which is filled with what the device has
 */
export function keepOffline(doc: Y.Doc, options: OfflineOptions): OfflineCopy {
  return new OfflineCopy(doc, options)
}
