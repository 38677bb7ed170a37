import type { SqliteDatabase } from '../database.ts'
import type { Answer, OutboxRequest } from '../protocol.ts'

/** Does what is asked of events, at a time in milliseconds since 1970. */
export function performOnOutbox(
  database: SqliteDatabase,
  request: OutboxRequest,
  now: number,
): Answer {
  const { kind } = request
  const { outbox } = database
  switch (kind) {
    case 'eventsAfter':
      return { kind, value: outbox.events.after(request.page) }
    case 'newestEvent':
      return { kind, value: outbox.events.reach().last }
    case 'tellChanged':
      return { kind, value: database.transact(() => outbox.tellChanged(request.documents, now)) }
    case 'changedDocuments':
      database.index()
      return { kind, value: outbox.changed() }
    case 'listWebhooks':
      return { kind, value: outbox.webhooks() }
    case 'putWebhook':
      return { kind, value: database.transact(() => outbox.putWebhook(request.webhook)) }
    case 'dropWebhook':
      return { kind, value: database.transact(() => outbox.dropWebhook(request.id)) }
    case 'listDeliveries':
      return { kind, value: outbox.deliveries(request.webhook) }
    case 'noteProgress':
      return { kind, value: database.transact(() => outbox.progress(request.progress)) }
  }
}
