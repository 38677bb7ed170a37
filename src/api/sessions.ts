import { z } from 'zod'
import { answerJson } from '../http/answers.ts'
import { jsonBody, noBody } from '../http/body.ts'
import { route, type Route } from '../http/route.ts'
import { noQuery } from '../http/schema.ts'
import type { Room } from '../room/room.ts'
import type { Rooms } from '../room/rooms.ts'
import type { Catalog } from './catalog.ts'
import { personSchema } from './person-schema.ts'
import type { SessionViews } from './session-view.ts'

/** What the routes about who is in a document work with. */
export interface SessionRouteParts {
  readonly catalog: Catalog
  readonly rooms: Rooms
  readonly views: SessionViews
}

const session = z.object({
  id: z.string(),
  user: personSchema.nullable(),
  access: z.enum(['read', 'comment', 'write', 'admin']),
  protocol: z.enum(['y-websocket', 'hocuspocus', 'http', 'in-process']),
  since: z.iso.datetime(),
  clients: z.array(z.object({ clientId: z.int(), state: z.unknown() })),
})

const numbers = z.object({
  sessions: z.int(),
  presence: z.int(),
  unsentBytes: z.int(),
  documentBytes: z.int(),
  updatesSinceSnapshot: z.int(),
  stateVectorBytes: z.int(),
})

/** What is counted of a document that is not open. */
const closed = {
  sessions: 0,
  presence: 0,
  unsentBytes: 0,
  documentBytes: 0,
  updatesSinceSnapshot: 0,
  stateVectorBytes: 0,
}

/** What an open room counts anyway: it may be asked for often. */
function numbersOf({ document, presence, sessions }: Room): z.infer<typeof numbers> {
  let unsentBytes = 0
  for (const { peer } of sessions) unsentBytes += peer.bufferedBytes()
  return {
    sessions: sessions.size,
    presence: presence.size,
    unsentBytes,
    documentBytes: document.byteLength,
    updatesSinceSnapshot: document.tailUpdates,
    stateVectorBytes: document.stateVector.length,
  }
}

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
      method: 'GET',
      path: `${path}/numbers`,
      summary: 'Count what an open document takes on this server',
      access: 'admin',
      query: noQuery,
      body: noBody,
      answers: { 200: { what: 'The numbers; none where it is not open here.', schema: numbers } },
      async handler({ params: { doc = '' } }) {
        const room = rooms.find(doc)
        if (room === undefined) await catalog.loadLive(doc, true)
        return answerJson(room === undefined ? closed : numbersOf(room))
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
