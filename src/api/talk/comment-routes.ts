import { z } from 'zod'
import type { Comments, Speaker } from './comments.ts'
import { anchorSchema, commentSchema, threadSchema } from './comment-view.ts'
import { answerJsonText } from '../../http/answers.ts'
import { jsonBody, noBody } from '../../http/body.ts'
import { type Arrival, route, type Route } from '../../http/route.ts'
import { noQuery, soundText } from '../../http/schema.ts'

const path = '/api/v1/documents/:doc/comments'
const comment = { access: 'comment', query: noQuery } as const
/** Their own word of who they are: it counts where the server asks nobody who they are. */
const word = soundText(256).nullable().optional()
const claimed = z.strictObject({ id: word, name: word, color: word }).optional()
const said = { text: z.string(), mentions: z.array(soundText(512)).optional(), by: claimed }

/** The routes of comments on a document. */
export function commentRoutes(comments: Comments): readonly Route[] {
  return [
    ...threadRoutes(comments),
    resolveRoute(comments),
    ...ownRoutes(comments),
    ...reactionRoutes(comments),
  ]
}

function threadRoutes(comments: Comments): readonly Route[] {
  const threads = z.object({ threads: z.array(threadSchema) })
  return [
    route({
      method: 'GET',
      path,
      summary: 'Read the comments, by thread',
      access: 'read',
      query: z.strictObject({ resolved: z.enum(['true', 'false']).optional() }),
      body: noBody,
      answers: {
        200: { what: 'The threads, in the order in which they were begun.', schema: threads },
      },
      async handler({ grant, params: { doc = '' }, query: { resolved } }) {
        const wanted = resolved === undefined ? undefined : resolved === 'true'
        return answerJsonText(await comments.list(doc, grant, wanted))
      },
    }),
    route({
      ...comment,
      method: 'POST',
      path,
      summary: 'Begin a thread on some words',
      body: jsonBody(z.strictObject({ ...said, anchor: anchorSchema })),
      answers: { 201: { what: 'The thread; it is on disk.', schema: threadSchema } },
      async handler({ body: { anchor, by, ...rest }, params: { doc = '' }, grant }) {
        return answerJsonText(await comments.create(doc, { grant, claimed: by }, anchor, rest), 201)
      },
    }),
    route({
      ...comment,
      method: 'POST',
      path: `${path}/:thread`,
      summary: 'Answer in a thread',
      body: jsonBody(z.strictObject(said)),
      answers: { 201: { what: 'The comment; it is on disk.', schema: commentSchema } },
      async handler({ body: { by, ...rest }, params: { doc = '', thread = '' }, grant }) {
        return answerJsonText(await comments.reply(doc, { grant, claimed: by }, thread, rest), 201)
      },
    }),
  ]
}

function resolveRoute(comments: Comments): Route {
  return route({
    ...comment,
    method: 'PATCH',
    path: `${path}/:thread`,
    summary: "Resolve a thread or open it again: one's own, with write access anybody's",
    body: jsonBody(z.strictObject({ resolved: z.boolean(), by: claimed })),
    answers: { 200: { what: 'The thread as it is now.', schema: threadSchema } },
    async handler({ body: { by, resolved }, params: { doc = '', thread = '' }, grant }) {
      return answerJsonText(await comments.resolve(doc, { grant, claimed: by }, thread, resolved))
    },
  })
}

function ownRoutes(comments: Comments): readonly Route[] {
  const common = { ...comment, path: `${path}/:thread/:comment` } as const
  return [
    route({
      ...common,
      method: 'PATCH',
      summary: "Change one's own comment",
      body: jsonBody(z.strictObject({ text: z.string(), by: claimed })),
      answers: { 200: { what: 'The comment as it is now.', schema: commentSchema } },
      async handler({ body: { by, text }, params, grant }) {
        const { doc = '' } = params
        const speaker = { grant, claimed: by }
        return answerJsonText(await comments.edit(doc, speaker, placeIn(params), text))
      },
    }),
    route({
      ...common,
      method: 'DELETE',
      summary: "Delete one's own comment; with admin access anybody's",
      body: byBody,
      answers: { 204: { what: 'It is gone.' } },
      async handler({ body: { by }, params, grant }) {
        const { doc = '' } = params
        await comments.remove(doc, { grant, claimed: by }, placeIn(params))
        return new Response(null, { status: 204 })
      },
    }),
  ]
}

function reactionRoutes(comments: Comments): readonly Route[] {
  const common = { ...comment, path: `${path}/:thread/:comment/reactions/:emoji`, body: byBody }
  const answers = { 200: { what: 'The comment as it is now.', schema: commentSchema } }
  const react = async ({ params }: Arrival, speaker: Speaker, on: boolean): Promise<Response> => {
    const { doc = '', emoji = '' } = params
    return answerJsonText(await comments.react(doc, speaker, placeIn(params), emoji, on))
  }
  return [
    route({
      ...common,
      method: 'PUT',
      summary: 'React to a comment',
      answers,
      handler: ({ body: { by }, ...arrival }) =>
        react(arrival, { grant: arrival.grant, claimed: by }, true),
    }),
    route({
      ...common,
      method: 'DELETE',
      summary: "Take one's own reaction back",
      answers,
      handler: ({ body: { by }, ...arrival }) =>
        react(arrival, { grant: arrival.grant, claimed: by }, false),
    }),
  ]
}

const byBody = jsonBody(z.strictObject({ by: claimed }))

function placeIn({ comment: one = '', thread = '' }: Arrival['params']): {
  readonly thread: string
  readonly comment: string
} {
  return { thread, comment: one }
}
