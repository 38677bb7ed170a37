import { checkDocumentName } from '../../document-name.ts'
import type { EventPage, EventsAfter, Outbox, PendingDelivery } from '../../outbox.ts'
import type { Progress, StoredEvent, Webhook } from '../../outbox.ts'
import type { Ask } from '../versions/versions-port.ts'

/** The events in the embedded store, asked for through its thread. */
export class SqliteOutboxPort implements Outbox {
  readonly #ask: Ask

  constructor(ask: Ask) {
    this.#ask = ask
  }

  after(page: EventPage): Promise<EventsAfter> {
    return this.#ask({ kind: 'eventsAfter', page })
  }

  newest(): Promise<number> {
    return this.#ask({ kind: 'newestEvent' })
  }

  async tellChanged(documents: readonly string[]): Promise<readonly StoredEvent[]> {
    for (const document of documents) checkDocumentName(document)
    return this.#ask({ kind: 'tellChanged', documents })
  }

  changed(): Promise<readonly string[]> {
    return this.#ask({ kind: 'changedDocuments' })
  }

  webhooks(): Promise<readonly Webhook[]> {
    return this.#ask({ kind: 'listWebhooks' })
  }

  putWebhook(webhook: Webhook): Promise<void> {
    return this.#ask({ kind: 'putWebhook', webhook })
  }

  dropWebhook(id: string): Promise<boolean> {
    return this.#ask({ kind: 'dropWebhook', id })
  }

  deliveries(webhook: string): Promise<readonly PendingDelivery[]> {
    return this.#ask({ kind: 'listDeliveries', webhook })
  }

  progress(progress: Progress): Promise<void> {
    return this.#ask({ kind: 'noteProgress', progress })
  }
}
