import type { Grant } from '../auth/authority.ts'
import { RefusalError } from '../base/errors.ts'
import { refuseRequest } from './answers.ts'
import { allDocuments, grantFor, type RequestAuthorizeParts } from './authorize.ts'
import { type BodyLimits, readRawBody } from './body.ts'
import type { RequestContext } from './context.ts'
import { refuseQueryToken } from './credentials.ts'
import type { Route } from './route.ts'
import type { Router } from './router.ts'

/** What requests to the routes of a table are judged with. */
export interface HandleParts extends RequestAuthorizeParts {
  readonly router: Router
  readonly limits: RequestAuthorizeParts['limits'] & BodyLimits
}

const apiRoot = '/api/'

/** What anybody may do who is not asked who they are. */
const nobody: Grant = { access: 'read' }

/**
 * Answers a request by the table: who asks comes before what is asked, and both before the body.
 * `HEAD` is answered as `GET`: whoever sends the answer leaves its body out, and tells its length.
 * Resolves to undefined where no row of the table has that path.
 */
export async function handle(
  parts: HandleParts,
  context: RequestContext,
): Promise<Response | undefined> {
  const { method } = context.request
  try {
    const found = parts.router.find(method, context.path)
    switch (found.kind) {
      case 'nothing':
        return undefined
      case 'method': {
        const allow = { allow: found.allow.join(', ') }
        if (method === 'OPTIONS') return new Response(null, { status: 204, headers: allow })
        return refuseRequest('method-not-allowed', undefined, allow)
      }
      case 'route': {
        const { params, route } = found
        if (route.path.startsWith(apiRoot)) refuseQueryToken(context.request)
        const grant = await permitted(parts, context, route, params['doc'] ?? allDocuments)
        const body = await readRawBody(context.request, route.body, parts.limits)
        return await route.answer({ context, params, grant }, body)
      }
    }
  } catch (error) {
    if (error instanceof RefusalError) {
      const { detail, kind, status } = error
      return refuseRequest(kind, detail, {}, status)
    }
    throw error
  }
}

async function permitted(
  parts: HandleParts,
  context: RequestContext,
  { access, method }: Route,
  document: string,
): Promise<Grant> {
  if (access === 'anybody' || access === 'handler') return nobody
  const hides = method === 'GET' && document !== allDocuments
  const grant = await grantFor(parts, document, context.credentials, access, hides)
  return grant.who?.id === undefined && context.as ? { ...grant, who: context.as } : grant
}
