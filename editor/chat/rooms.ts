import { ChatRoom, overWebsocket } from 'ytopic/chat'
import type { Session } from '../link/session.ts'
import type { Person } from '../link/person.ts'

interface Shared {
  readonly room: ChatRoom
  holders: number
}

/** A connection has one room, whatever number of panels show it. */
const rooms = new WeakMap<Session, Shared>()

/** Joins the room of a session's document, or those on this page who are in it. */
export function enterRoom(session: Session, user: Person): ChatRoom {
  const shared = rooms.get(session) ?? {
    room: new ChatRoom(overWebsocket(session.link.provider), { user }),
    holders: 0,
  }
  shared.holders++
  rooms.set(session, shared)
  return shared.room
}

/** Leaves it again; the last one ends it. */
export function leaveRoom(session: Session): void {
  const shared = rooms.get(session)
  if (shared === undefined || --shared.holders > 0) return
  rooms.delete(session)
  shared.room.leave()
}
