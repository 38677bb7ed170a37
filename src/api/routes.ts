import type { Limits } from '../base/limits/limits.ts'
import type { Events } from '../events/events.ts'
import type { Route } from '../http/route.ts'
import type { Catalog } from './catalog.ts'
import { webhookRoutes } from './events/webhook-routes.ts'
import { feedRoutes } from './events/feed-routes.ts'
import { Allowances } from '../chat/allowances.ts'
import type { Chat } from '../chat/chat.ts'
import type { Comments } from './talk/comments.ts'
import { commentRoutes } from './talk/comment-routes.ts'
import { charged } from './talk/charged.ts'
import { chatRoutes } from './talk/chat-routes.ts'
import { contentRoutes } from './content.ts'
import { type DocumentParts, documentRoutes } from './documents.ts'
import type { EditParts, Edits } from './edits.ts'
import { type HealthParts, healthRoutes } from './health.ts'
import { metricsRoutes, type TellMetrics } from './metrics.ts'
import type { History } from '../history/history.ts'
import { onceByKey } from './once.ts'
import { versionsRoutes } from './history/versions.ts'
import { referenceRoutes } from './reference/reference.ts'
import { revokeRoutes, type RevokeParts } from './revoke.ts'
import { sessionRoutes, type SessionRouteParts } from './sessions.ts'

/** What the routes work with. */
export type ApiParts = HealthParts &
  RevokeParts &
  EditParts &
  DocumentParts &
  SessionRouteParts & {
    readonly catalog: Catalog
    readonly edits: Edits
    readonly comments: Comments
    readonly chat: Chat | undefined
    readonly events: Events | undefined
    readonly limits: Limits
    readonly history: History | undefined
    readonly tellMetrics: TellMetrics
  }

/** Every route, in the order of the reference. */
export function routesOf(parts: ApiParts): readonly Route[] {
  const allowances = parts.chat?.allowances ?? new Allowances(parts)
  const talk = [...chatRoutesOf(parts), ...commentRoutes(parts.comments)]
  const routes = [
    ...documentRoutes(parts),
    ...contentRoutes(parts),
    ...sessionRoutes(parts),
    ...versionsRoutes(parts),
    ...talk.map((route) => charged(route, allowances)),
    ...eventRoutes(parts),
    ...revokeRoutes(parts),
    ...healthRoutes(parts),
    ...metricsRoutes(parts.tellMetrics),
  ]
  const all = routes.map((route) => onceByKey(route, parts.store.idempotency))
  return [...all, ...referenceRoutes(all)]
}

/** None where the store keeps no messages. */
function chatRoutesOf({ chat, ...parts }: ApiParts): readonly Route[] {
  return chat === undefined ? [] : chatRoutes({ ...parts, chat })
}

/** None where the store keeps no events. */
function eventRoutes({ events, ...parts }: ApiParts): readonly Route[] {
  if (events === undefined) return []
  return [...feedRoutes({ ...parts, feed: events.feed }), ...webhookRoutes(events.webhooks)]
}
