import { refuseRequest } from '../http/answers.ts'
import type { ContextParts, RequestContext } from '../http/context.ts'
import { handle, type HandleParts } from '../http/handle.ts'
import { type Pages, servePage } from '../http/pages.ts'
import { answerPreflight, dress, isPreflight } from '../http/response-headers.ts'
import { documentPage } from './document-page.ts'

/** What requests are answered with. */
export interface RequestParts extends HandleParts, Pick<ContextParts, 'origins'> {
  readonly pages: Pages
}

/** What stands before a document's name in a path. */
export const endpoint = '/ws/'

const apiRoot = '/api/'

/** Answers a request that is no upgrade. */
export async function answer(parts: RequestParts, context: RequestContext): Promise<Response> {
  return dress(await answerBare(parts, context), context.from)
}

async function answerBare(parts: RequestParts, context: RequestContext): Promise<Response> {
  const { from, path, refusal, request } = context
  if (refusal === 'host-refused') return refuseRequest(refusal)
  if (from.kind === 'listed' && isPreflight(request)) return answerPreflight()
  const isRead = request.method === 'GET' || request.method === 'HEAD'
  // Pages of other sites may read pages, and nothing of a document.
  if (refusal !== undefined && (!isRead || path.startsWith(apiRoot) || path.startsWith(endpoint))) {
    return refuseRequest(refusal)
  }
  const routed = await handle(parts, context)
  if (routed !== undefined) return routed
  if (path.startsWith(apiRoot)) return refuseRequest('not-found')
  if (!isRead) return refuseRequest('method-not-allowed')
  if (path.startsWith(endpoint)) {
    return documentPage(parts, path.slice(endpoint.length), context.credentials)
  }
  return servePage(parts.pages, request, path, parts.origins.framing) ?? refuseRequest('not-found')
}
