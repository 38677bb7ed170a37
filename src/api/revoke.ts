import { createHash, timingSafeEqual } from 'node:crypto'
import type { Authority, Revocation } from '../auth/authority.ts'
import { readBody } from '../base/body.ts'
import { RefusalError } from '../base/errors.ts'
import { readDocumentName } from '../protocol/document-name.ts'
import { bearerToken } from '../http/credentials.ts'
import type { Connection } from '../server/connection.ts'
import { refuseRequest } from '../http/answers.ts'

/** What the operator's API works with. */
export interface AdminParts {
  readonly authority: Authority
  /** The bearer token of the API; without one there is no API. */
  readonly adminToken: string | undefined
  readonly limits: { readonly api_body_bytes_max: number }
}

const apiRoot = '/api/'
const revokePath = '/api/v1/revoke'
const documentPath = /^\/api\/v1\/documents\/(.+)\/revoke$/

/** Whether a path belongs to the operator's API. */
export function isAdminPath(path: string): boolean {
  return path.startsWith(apiRoot)
}

/** Answers a request to the operator's API. */
export async function answerAdmin(
  parts: AdminParts,
  request: Request,
  path: string,
  connections: ReadonlySet<Connection>,
): Promise<Response> {
  if (parts.adminToken === undefined) return refuseRequest('not-found')
  const shown = bearerToken(request.headers)
  if (shown === undefined || !same(shown, parts.adminToken)) return refuseRequest('token-needed')
  const [, encodedName] = documentPath.exec(path) ?? []
  if (path !== revokePath && encodedName === undefined) return refuseRequest('not-found')
  if (request.method !== 'POST') return refuseRequest('method-not-allowed')
  const text = await readBody(request.body, parts.limits.api_body_bytes_max)
  if (text === undefined) return refuseRequest('body-too-large')
  const what = encodedName === undefined ? readRevocation(text) : readIn(text, encodedName)
  if (typeof what === 'string') return refuseRequest('bad-request', what)
  try {
    return Response.json({ sessions: revokeIn(parts.authority, connections, what) })
  } catch (error) {
    if (error instanceof RefusalError) return refuseRequest(error.kind)
    throw error
  }
}

/**
 * Takes access back: forgets what was decided, and has those who are here decided about anew.
 * @returns how many sessions these are
 * @throws RefusalError when the authority cannot take more of that
 */
export function revokeIn(
  authority: Authority,
  connections: Iterable<Connection>,
  what: Revocation,
): number {
  authority.revoke?.(what)
  let sessions = 0
  for (const connection of connections) sessions += connection.revoke(what)
  return sessions
}

/** Compares in a time that says nothing of where they differ. */
function same(shown: string, wanted: string): boolean {
  return timingSafeEqual(digest(shown), digest(wanted))
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}

function readIn(text: string, encodedName: string): Revocation | string {
  const name = readDocumentName(encodedName)
  if (name.kind === 'bad-name') return name.reason
  const body = text === '' ? {} : readObject(text)
  if (body === undefined) return 'The body is not a JSON object.'
  const { id } = body
  if (id !== undefined && typeof id !== 'string') return '"id" is not a string.'
  return { document: name.name, id }
}

function readRevocation(text: string): Revocation | string {
  const body = readObject(text)
  if (body === undefined) return 'The body is not a JSON object.'
  const { all, document, id } = body
  if (document !== undefined && typeof document !== 'string') return '"document" is not a string.'
  if (id !== undefined && typeof id !== 'string') return '"id" is not a string.'
  if (document === undefined && id === undefined && all !== true) {
    return 'Say "document" or "id", or "all": true for everybody.'
  }
  return { document, id }
}

function readObject(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const body: unknown = JSON.parse(text)
    return isObject(body) ? body : undefined
  } catch {
    return undefined
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
