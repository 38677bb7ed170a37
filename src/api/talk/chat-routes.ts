import { z } from 'zod'
import type { Grant } from '../../auth/authority.ts'
import { RefusalError } from '../../base/errors.ts'
import type { Actor, ChatActs } from '../../chat/acts.ts'
import { answerJson } from '../../http/answers.ts'
import { jsonBody, noBody } from '../../http/body.ts'
import { route, type Route } from '../../http/route.ts'
import { noQuery, soundText } from '../../http/schema.ts'
import type { Catalog } from '../catalog.ts'
import { personSchema } from '../person-schema.ts'

/** What the routes of messages work with. */
export interface ChatRouteParts {
  readonly chat: ChatActs
  readonly catalog: Catalog
}

const messageSchema = z.object({
  seq: z.int(),
  at: z.iso.datetime(),
  by: personSchema,
  text: z.string(),
  edited: z.iso.datetime().optional(),
  deleted: z.iso.datetime().optional(),
})

const readingSchema = z.object({ last: z.int(), read: z.int(), unread: z.int() })

const pageQuery = z.strictObject({
  before: z.coerce.number().int().min(0).optional(),
  limit: z.coerce.number().int().min(1).max(100).default(20),
})

const path = '/api/v1/documents/:doc/chat'
const nonce = soundText(128).optional()

/** The routes of the room of a document's name, whether or not there is such a document. */
export function chatRoutes(parts: ChatRouteParts): readonly Route[] {
  return [...pageRoutes(parts), ...changeRoutes(parts), ...readingRoutes(parts)]
}

/** There may be a room without a document; that of a deleted one is deleted with it. */
async function checkRoom({ catalog }: ChatRouteParts, name: string, isAdmin: boolean) {
  const { deleted } = await catalog.load(name)
  if (deleted === undefined) return
  if (isAdmin) throw new RefusalError('document-deleted')
  throw new RefusalError('not-found')
}

function pageRoutes(parts: ChatRouteParts): readonly Route[] {
  const { chat } = parts
  return [
    route({
      method: 'GET',
      path,
      summary: 'Read messages, newest first',
      access: 'read',
      query: pageQuery,
      body: noBody,
      answers: {
        200: {
          what: 'A page of them, and what to ask for the next one before.',
          schema: z.object({ messages: z.array(messageSchema), next: z.string().nullable() }),
        },
      },
      async handler({ grant, params: { doc = '' }, query }) {
        await checkRoom(parts, doc, grant.access === 'admin')
        const { before = Number.MAX_SAFE_INTEGER, limit } = query
        const { messages, next } = await chat.page(doc, before, limit)
        return answerJson({ messages, next: next === undefined ? null : `${next}` })
      },
    }),
    route({
      method: 'POST',
      path,
      summary: 'Post a message; those who are in the room are told',
      access: 'comment',
      query: noQuery,
      body: jsonBody(z.strictObject({ text: z.string(), nonce })),
      answers: { 201: { what: 'The message; it is on disk.', schema: messageSchema } },
      async handler({ body, grant, params: { doc = '' } }) {
        await checkRoom(parts, doc, grant.access === 'admin')
        const message = await chat.post(doc, actorOf(grant), body.text, body.nonce)
        return answerJson(
          body.nonce === undefined ? message : { ...message, nonce: body.nonce },
          201,
        )
      },
    }),
  ]
}

function changeRoutes(parts: ChatRouteParts): readonly Route[] {
  const { chat } = parts
  const common = { access: 'comment', query: noQuery, path: `${path}/:seq` } as const
  const answers = { 200: { what: 'The message as it is now.', schema: messageSchema } }
  return [
    route({
      ...common,
      method: 'PATCH',
      summary: "Change one's own message",
      body: jsonBody(z.strictObject({ text: z.string() })),
      answers,
      async handler({ body, grant, params: { doc = '', seq = '' } }) {
        await checkRoom(parts, doc, grant.access === 'admin')
        return answerJson(await chat.edit(doc, actorOf(grant), numberIn(seq), body.text))
      },
    }),
    route({
      ...common,
      method: 'DELETE',
      summary: "Delete one's own message; with admin access anybody's",
      body: noBody,
      answers,
      async handler({ grant, params: { doc = '', seq = '' } }) {
        await checkRoom(parts, doc, grant.access === 'admin')
        return answerJson(await chat.delete(doc, actorOf(grant), numberIn(seq)))
      },
    }),
  ]
}

function readingRoutes(parts: ChatRouteParts): readonly Route[] {
  const { chat } = parts
  const common = { access: 'read', query: noQuery, path: `${path}/reading` } as const
  const answers = {
    200: { what: 'How far one has read, and how much not.', schema: readingSchema },
  }
  return [
    route({
      ...common,
      method: 'GET',
      summary: 'Tell how far one has read the messages',
      body: noBody,
      answers,
      async handler({ grant, params: { doc = '' } }) {
        await checkRoom(parts, doc, grant.access === 'admin')
        return answerJson(await chat.reading(doc, actorOf(grant)))
      },
    }),
    route({
      ...common,
      method: 'PUT',
      summary: 'Note how far one has read the messages',
      body: jsonBody(z.strictObject({ seq: z.int().min(0) })),
      answers,
      async handler({ body: { seq }, grant, params: { doc = '' } }) {
        await checkRoom(parts, doc, grant.access === 'admin')
        return answerJson(await chat.read(doc, actorOf(grant), seq))
      },
    }),
  ]
}

function actorOf({ access, who }: Grant): Actor {
  return { access, who }
}

function numberIn(seq: string): number {
  const number = /^\d{1,15}$/.test(seq) ? Number(seq) : Number.NaN
  if (Number.isSafeInteger(number)) return number
  throw new RefusalError('no-such-message')
}
