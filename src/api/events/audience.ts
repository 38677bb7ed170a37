import type { Feed } from '../../events/feed.ts'
import type { RoomsObserver } from '../../room/room-parts.ts'
import type { SessionViews } from '../session-view.ts'

/** Tells those who listen to events of who comes and who goes; that is not stored. */
export function audienceOf(feed: Feed | undefined, views: SessionViews): RoomsObserver {
  if (feed === undefined) return {}
  return {
    joined(document, session) {
      if (feed.size > 0) feed.pass('session.joined', document, { session: views.of(session) })
    },
    left(document, session) {
      if (feed.size > 0) feed.pass('session.left', document, { session: views.of(session) })
    },
  }
}
