import { z } from 'zod'
import { answerJson } from '../http/answers.ts'
import { jsonBody, noBody } from '../http/body.ts'
import { route, type Route } from '../http/route.ts'
import { noQuery } from '../http/schema.ts'
import type { Rooms } from '../room/rooms.ts'
import type { Catalog } from './catalog.ts'
import type { SessionViews } from './session-view.ts'

/** What the routes about who is in a document work with. */
export interface SessionRouteParts {
  readonly catalog: Catalog
  readonly rooms: Rooms
  readonly views: SessionViews
}

const user = z.object({
  id: z.string().nullable(),
  name: z.string().nullable(),
  color: z.string().nullable(),
})

const session = z.object({
  id: z.string(),
  user: user.nullable(),
  access: z.enum(['read', 'comment', 'write', 'admin']),
  protocol: z.enum(['y-websocket', 'hocuspocus', 'http', 'in-process']),
  since: z.iso.datetime(),
  clients: z.array(z.object({ clientId: z.int(), state: z.unknown() })),
})

/** The routes about those who are in a document. */
export function sessionRoutes(parts: SessionRouteParts): readonly Route[] {
  const { catalog, rooms } = parts
  const path = '/api/v1/documents/:doc'
  return [
    route({
      method: 'GET',
      path: `${path}/sessions`,
      summary: 'Tell who is in a document',
      access: 'read',
      query: noQuery,
      body: noBody,
      answers: {
        200: { what: 'Who is here.', schema: z.object({ sessions: z.array(session) }) },
      },
      async handler({ grant, params: { doc = '' } }) {
        const room = rooms.find(doc)
        // One that was opened and not written in is nowhere but here.
        if (room === undefined) await catalog.loadLive(doc, grant.access === 'admin')
        const sessions = [...(room?.sessions ?? [])].map((one) => ({
          ...parts.views.of(one),
          clients: room?.presence.shownBy(one).map(({ clientId, state }) => ({
            clientId,
            state: state === undefined ? null : stateOf(state),
          })),
        }))
        return answerJson({ sessions })
      },
    }),
    route({
      method: 'POST',
      path: `${path}/broadcast`,
      summary: 'Say something to all who have a document open',
      access: 'write',
      query: noQuery,
      body: jsonBody(z.strictObject({ message: z.string() })),
      answers: { 200: { what: 'How many were told.', schema: z.object({ sessions: z.int() }) } },
      async handler({ body: { message }, grant, params: { doc = '' } }) {
        const room = rooms.find(doc)
        if (room === undefined) await catalog.loadLive(doc, grant.access === 'admin')
        return answerJson({ sessions: room?.sayStateless(message) ?? 0 })
      },
    }),
  ]
}

/** A client may show anything that is JSON. */
function stateOf(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes))
  } catch {
    return null
  }
}
