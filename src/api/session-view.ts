import type { Chance } from '../base/chance.ts'
import type { Clock, WallClock } from '../base/clock.ts'
import type { Access } from '../base/access.ts'
import type { Visitor } from '../room/room-parts.ts'

/** What telling of sessions works with. */
export interface SessionViewParts {
  readonly chance: Chance
  readonly clock: Clock
  readonly wallClock: WallClock
}

/** A session as the API tells it. */
export interface SessionView {
  readonly id: string
  readonly user: UserView | null
  readonly access: Access
  readonly protocol: string
  readonly since: string
}

/** Who a client is, as the API tells it. */
export interface UserView {
  readonly id: string | null
  readonly name: string | null
  readonly color: string | null
}

const protocols: ReadonlyMap<string, string> = new Map([
  ['y', 'y-websocket'],
  ['h', 'hocuspocus'],
  ['inside', 'in-process'],
])

/** Sessions as the API tells them; each keeps the id and the time that were told first. */
export class SessionViews {
  readonly #parts: SessionViewParts
  readonly #first = new WeakMap<Visitor, Pick<SessionView, 'id' | 'since'>>()

  constructor(parts: SessionViewParts) {
    this.#parts = parts
  }

  of(session: Visitor): SessionView {
    const { access, codec } = session
    return {
      ...this.#firstOf(session),
      user: userOf(session),
      access,
      protocol: protocols.get(codec.id) ?? codec.id,
    }
  }

  #firstOf(session: Visitor): Pick<SessionView, 'id' | 'since'> {
    const known = this.#first.get(session)
    if (known !== undefined) return known
    const { chance, clock, wallClock } = this.#parts
    const since = new Date(wallClock() - (clock.now() - session.since)).toISOString()
    const first = { id: chance.name(), since }
    this.#first.set(session, first)
    return first
  }
}

function userOf({ who }: Visitor): UserView | null {
  if (who === undefined) return null
  return { id: who.id ?? null, name: who.name ?? null, color: who.color ?? null }
}
