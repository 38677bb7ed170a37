import type { Authority, Grant, Verdict } from '../auth/authority.ts'
import { type Access, covers } from '../base/access.ts'
import { RefusalError } from '../base/errors.ts'
import { describeError, type Log } from '../base/log.ts'
import { areComments } from '../../persistence/companion.ts'
import type { Credentials } from './credentials.ts'
import { isSecret } from './secret.ts'

/** What deciding needs. */
export interface AuthorizeParts {
  readonly authority: Authority
  readonly limits: { readonly token_bytes_max: number }
  readonly log: Log
}

/** What deciding about requests needs. */
export interface RequestAuthorizeParts extends AuthorizeParts {
  /** The operator's token, which may do everything. */
  readonly adminToken: string | undefined
}

/** How an authority is asked about all documents at once: as a claim names them. */
export const allDocuments = '*'

/**
 * Asks the authority.
 * @param shown the token that came over the protocol; an empty one is none
 * @throws RefusalError `authority-unavailable` while the authority is unavailable
 */
export async function decideAbout(
  { authority, limits, log }: AuthorizeParts,
  document: string,
  credentials: Credentials,
  shown?: string,
): Promise<Verdict> {
  const token = shown || credentials.token
  if (token !== undefined && token.length > limits.token_bytes_max) {
    return { kind: 'denied', reason: 'The token is too long.' }
  }
  try {
    return await authority.decide(token, document, credentials.facts)
  } catch (error) {
    const reason = withoutToken(describeError(error), token)
    log.error('authority-failed', { document, reason })
    throw new RefusalError('authority-unavailable')
  }
}

/**
 * What somebody who sent a request may do with a document, or with all of them.
 * @param hides whether a document that may not even be read is as if it were not there
 * @throws RefusalError when it is not that much
 */
export async function grantFor(
  parts: RequestAuthorizeParts,
  document: string,
  credentials: Credentials,
  wanted: Access,
  hides: boolean,
): Promise<Grant> {
  const { token } = credentials
  if (token !== undefined && isSecret(token, parts.adminToken)) {
    return operatorsGrant(document, wanted)
  }
  const verdict = await decideAbout(parts, document, credentials)
  if (verdict.kind === 'denied') {
    const isNobody = token === undefined || verdict.expired === true || verdict.known === false
    if (isNobody || (document === allDocuments && verdict.known !== true)) {
      throw new RefusalError('token-needed', verdict.reason)
    }
    throw hides
      ? new RefusalError('not-found')
      : new RefusalError('permission-denied', verdict.reason)
  }
  const { access } = verdict.grant
  if (covers(access, wanted)) return verdict.grant
  throw new RefusalError(
    'permission-denied',
    `The request needs "${wanted}" access; yours is "${access}".`,
  )
}

/** The operator may do everything but write comments past those who make sure of them. */
function operatorsGrant(document: string, wanted: Access): Grant {
  if (wanted !== 'read') refuseComments(document)
  return { access: areComments(document) ? 'read' : 'admin' }
}

/**
 * Nobody changes a document of comments but the requests that make sure of each comment.
 * @throws RefusalError `permission-denied` of such a document
 */
export function refuseComments(document: string): void {
  if (!areComments(document)) return
  throw new RefusalError('permission-denied', 'Comments are changed below /comments alone.')
}

/** An authority of somebody else's may quote the token in its errors. */
function withoutToken(text: string, token: string | undefined): string {
  if (token === undefined) return text
  return [token, encodeURIComponent(token), JSON.stringify(token).slice(1, -1)].reduce(
    (clean, spelling) => clean.replaceAll(spelling, '[token]'),
    text,
  )
}
