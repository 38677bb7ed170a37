import type { Outbox } from '../../persistence/outbox.ts'
import type { Limits } from '../base/limits/limits.ts'
import { Changes, type ChangesParts } from './changes.ts'
import { Feed, type FeedParts } from './feed.ts'
import { Pulse } from './pulse.ts'

/** What events work with. */
export type EventsParts = ChangesParts &
  Omit<FeedParts, 'pulse'> & { readonly outbox: Outbox; readonly limits: Limits }

/** What happens to documents: told once, durably, to those who ask or listen. */
export class Events {
  readonly changes: Changes
  readonly feed: Feed

  constructor(parts: EventsParts) {
    const pulse = new Pulse(parts)
    this.feed = new Feed({ ...parts, pulse })
    this.changes = new Changes({
      ...parts,
      told(events) {
        parts.told(events)
        pulse.look()
      },
    })
  }

  /** Goes on where the process before ended. */
  begin(): void {
    this.changes.begin()
  }

  /** Lets those go who listen. */
  leave(): void {
    this.feed.end()
  }

  /** Tells what is left to tell, for the last time. */
  end(): Promise<void> {
    return this.changes.end()
  }
}
