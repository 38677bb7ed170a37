import type { Outbox } from '../../persistence/outbox.ts'
import type { Limits } from '../base/limits/limits.ts'
import { Changes, type ChangesParts } from './changes.ts'
import { Feed, type FeedParts } from './feed.ts'
import { systemResolve } from './sending/target.ts'
import { Pulse } from './pulse.ts'
import { Webhooks, type WebhooksParts } from './webhooks/webhooks.ts'

/** What events work with. */
export type EventsParts = ChangesParts &
  Omit<FeedParts, 'pulse'> &
  Omit<WebhooksParts, 'pulse' | 'resolve'> & { readonly outbox: Outbox; readonly limits: Limits }

/** What happens to documents: told once, durably, to those who ask or listen. */
export class Events {
  readonly changes: Changes
  readonly feed: Feed
  readonly webhooks: Webhooks

  constructor(parts: EventsParts) {
    const pulse = new Pulse(parts)
    this.feed = new Feed({ ...parts, pulse })
    this.webhooks = new Webhooks({ ...parts, pulse, resolve: systemResolve })
    this.changes = new Changes({
      ...parts,
      told(events) {
        parts.told?.(events)
        pulse.look()
      },
    })
  }

  /** Goes on where the process before ended. */
  begin(): void {
    this.changes.begin()
    this.webhooks.begin()
  }

  /** Lets those go who listen. */
  leave(): void {
    this.feed.end()
  }

  /** Tells what is left to tell, for the last time. */
  async end(): Promise<void> {
    await this.changes.end()
    await this.webhooks.close()
  }
}
