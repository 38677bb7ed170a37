import type { Route } from '../http/route.ts'
import { type HealthParts, healthRoutes } from './health.ts'
import { metricsRoutes } from './metrics.ts'
import type { History } from '../history/history.ts'
import { versionsRoutes } from './versions.ts'
import { revokeRoutes, type RevokeParts } from './revoke.ts'

/** What the routes work with. */
export type ApiParts = HealthParts & RevokeParts & { readonly history: History | undefined }

/** Every route, in the order of the reference. */
export function routesOf(parts: ApiParts): readonly Route[] {
  return [
    ...versionsRoutes(parts.history),
    ...revokeRoutes(parts),
    ...healthRoutes(parts),
    ...metricsRoutes(parts),
  ]
}
