import { z } from 'zod'
import type { Authority, Revocation } from '../auth/authority.ts'
import { commentsBeside } from '../../persistence/companion.ts'
import { answerJson } from '../http/answers.ts'
import { jsonBody } from '../http/body.ts'
import { route, type Route } from '../http/route.ts'
import { noQuery } from '../http/schema.ts'

/** What taking access back works with. */
export interface RevokeParts {
  readonly authority: Authority
  readonly connections: { readonly all: Iterable<{ revoke(what: Revocation): number }> }
  /** Takes it back on all servers of the store. */
  readonly revocations: { add(what: Revocation): Promise<number> }
}

/**
 * Takes access back on this server: forgets what was decided, and has those who are here decided
 * about anew.
 * @param at when that was said, in milliseconds since 1970
 * @returns how many sessions these are
 * @throws RefusalError when the authority cannot take more of that
 */
export function revokeHere(
  { authority, connections }: Pick<RevokeParts, 'authority' | 'connections'>,
  what: Revocation,
  at: number,
): number {
  authority.revoke?.(what, at)
  let sessions = 0
  for (const connection of connections.all) {
    for (const one of withComments(what)) sessions += connection.revoke(one)
  }
  return sessions
}

/** Whose access is taken back in a document is taken back in its comments. */
function withComments(what: Revocation): readonly Revocation[] {
  const { document } = what
  return document === undefined ? [what] : [what, { ...what, document: commentsBeside(document) }]
}

/** The routes that take access back. */
export function revokeRoutes(parts: RevokeParts): readonly Route[] {
  const common = { method: 'POST', access: 'admin', query: noQuery } as const
  const answers = { 200: { what: 'How many sessions are decided about anew.', schema: revoked } }
  return [
    route({
      ...common,
      path: '/api/v1/revoke',
      summary: 'Take access back: of a person, to a document, or everywhere',
      body: jsonBody(everywhere),
      answers,
      handler: async ({ body: { document, id } }) =>
        answerJson({ sessions: await parts.revocations.add({ document, id }) }),
    }),
    route({
      ...common,
      // A name's slashes may stand here as they are, as they might before there was more below it.
      path: '/api/v1/documents/:doc*/revoke',
      summary: 'Take access to a document back, of a person or of everybody',
      body: jsonBody(z.strictObject({ id: z.string().optional() })),
      answers,
      handler: async ({ body: { id }, params: { doc: document } }) =>
        answerJson({ sessions: await parts.revocations.add({ document, id }) }),
    }),
  ]
}

const revoked = z.object({ sessions: z.int() })

const everywhere = z
  .strictObject({
    all: z.literal(true).optional(),
    document: z.string().optional(),
    id: z.string().optional(),
  })
  .refine(({ all, document, id }) => document !== undefined || id !== undefined || all === true, {
    message: 'Say "document" or "id", or "all": true for everybody',
  })
