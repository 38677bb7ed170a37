import type { Authority } from '../auth/authority.ts'
import type { WallClock } from '../base/clock.ts'
import type { ContextParts } from '../http/context.ts'
import type { Pages } from '../http/pages.ts'
import type { Router } from '../http/router.ts'
import type { RefusedUploads } from '../channel/refused-uploads.ts'
import type { RoomParts } from '../room/room-parts.ts'
import type { Rooms } from '../room/rooms.ts'
import type { Connections } from '../connection/connections.ts'
import type { Listeners } from '../connection/listeners.ts'

/** What the handlers work with. */
export interface HandlerParts extends RoomParts, ContextParts {
  readonly rooms: Rooms
  readonly connections: Connections
  readonly uploads: RefusedUploads
  /** Why it takes no writes; undefined while it does, or does not say. */
  readonly store: { readonly trouble?: string | undefined }
  readonly authority: Authority
  /** The routes beside the sockets. */
  readonly router: Router
  /** The operator's token, which may do everything. */
  readonly adminToken: string | undefined
  readonly wallClock: WallClock
  readonly pages: Pages
  /** The listeners through which requests have come. */
  readonly listeners: Listeners
}
