import { z } from 'zod'
import type { EventFilter } from '../../../persistence/outbox.ts'
import { covers } from '../../base/access.ts'
import { RefusalError } from '../../base/errors.ts'
import type { Feed } from '../../events/feed.ts'
import { cursorOf, eventTypes, placeOfCursor, toldOf } from '../../events/told.ts'
import { answerJson } from '../../http/answers.ts'
import {
  allDocuments,
  decideAbout,
  grantFor,
  type RequestAuthorizeParts,
} from '../../http/authorize.ts'
import { noBody } from '../../http/body.ts'
import type { RequestContext } from '../../http/context.ts'
import type { Credentials } from '../../http/credentials.ts'
import { route, type Route } from '../../http/route.ts'
import { isSecret } from '../../http/secret.ts'

/** What telling of events works with. */
export interface FeedRouteParts extends RequestAuthorizeParts {
  readonly feed: Feed
}

const query = z.strictObject({
  after: z.string().optional(),
  limit: z.coerce.number().int().min(1).max(100).default(20),
  document: z.string().min(1).optional(),
  types: z.string().optional(),
})

export const eventSchema = z.object({
  id: z.string(),
  time: z.iso.datetime(),
  type: z.enum(eventTypes),
  document: z.string(),
  data: z.record(z.string(), z.unknown()),
})

const streamType = 'text/event-stream'

/** The route that tells what happened: to who asks now and then, and to who listens. */
export function feedRoutes(parts: FeedRouteParts): readonly Route[] {
  return [
    route({
      method: 'GET',
      path: '/api/v1/events',
      summary: 'Tell what happened to documents, or go on telling it as server-sent events',
      access: 'handler',
      query,
      body: noBody,
      answers: {
        200: {
          what: 'Events, oldest first; those who accept text/event-stream hear of the next ones.',
          schema: z.object({ events: z.array(eventSchema), next: z.string().nullable() }),
        },
      },
      async handler({ context, query: { after: given, document, limit, types } }) {
        const { headers } = context.request
        const isStream = accepts(headers, streamType)
        const after = placeOf(isStream ? (headers.get('last-event-id') ?? given) : given)
        const filter = { document, types: typesOf(types) }
        const hearing = new Hearing(parts, context.credentials)
        await hearing.demand(filter)
        if (isStream) return stream(parts, context, hearing, filter, after)
        return page(parts, hearing, filter, after, limit)
      },
    }),
  ]
}

async function page(
  { feed }: FeedRouteParts,
  hearing: Hearing,
  filter: EventFilter,
  after: number | undefined,
  limit: number,
): Promise<Response> {
  const found =
    after === undefined
      ? await feed.kept({ ...filter, limit })
      : await feed.after({ ...filter, after, limit })
  const shown = []
  for (const event of found.events) if (await hearing.may(event.document)) shown.push(toldOf(event))
  const isMore = found.through < (await feed.newest())
  return answerJson({ events: shown, next: isMore ? cursorOf(found.through) : null })
}

async function stream(
  { feed }: FeedRouteParts,
  context: RequestContext,
  hearing: Hearing,
  filter: EventFilter,
  given: number | undefined,
): Promise<Response> {
  if (given !== undefined) await feed.after({ after: given, limit: 1 })
  const after = given ?? (await feed.newest())
  const { body } = feed.listen({
    filter,
    after,
    mayHear: (document) => hearing.may(document),
    mayStay: () => hearing.mayStay(),
  })
  context.keepOpen()
  return new Response(body, { headers: { 'content-type': streamType, 'x-accel-buffering': 'no' } })
}

/** What one asker may hear: events of the documents on which they have `admin` access. */
class Hearing {
  readonly #parts: FeedRouteParts
  readonly #credentials: Credentials
  readonly #isOperator: boolean
  /** A document of which they may hear, or all. */
  #example = allDocuments

  constructor(parts: FeedRouteParts, credentials: Credentials) {
    this.#parts = parts
    this.#credentials = credentials
    const { token } = credentials
    this.#isOperator = token !== undefined && isSecret(token, parts.adminToken)
  }

  /** @throws RefusalError `authority-unavailable` */
  async may(document: string): Promise<boolean> {
    if (this.#isOperator) return true
    const verdict = await decideAbout(this.#parts, document, this.#credentials)
    return verdict.kind === 'granted' && covers(verdict.grant.access, 'admin')
  }

  /** Whether they may still hear of what they might hear of at first. */
  mayStay(): Promise<boolean> {
    return this.may(this.#example)
  }

  /**
   * Looks for something that they may hear of; of grants by prefix what is kept tells.
   * @throws RefusalError where there is nothing
   */
  async demand({ document }: EventFilter): Promise<void> {
    this.#example = document ?? allDocuments
    if (await this.may(this.#example)) return
    const { events } =
      document === undefined ? await this.#parts.feed.kept({ limit: lookedAtMax }) : { events: [] }
    for (const name of new Set(events.map((event) => event.document))) {
      this.#example = name
      if (await this.may(name)) return
    }
    const hides = document !== undefined
    await grantFor(this.#parts, document ?? allDocuments, this.#credentials, 'admin', hides)
  }
}

const lookedAtMax = 1_000

/** @throws RefusalError `bad-request` */
function typesOf(given: string | undefined): readonly string[] | undefined {
  if (given === undefined || given === '') return undefined
  const types = given.split(',')
  const strange = types.find((type) => !eventTypes.some((known) => known === type))
  if (strange === undefined) return types
  throw new RefusalError(
    'bad-request',
    `The parameter types takes no "${strange}", but ${eventTypes.join(', ')}.`,
  )
}

/** @throws RefusalError `bad-request` */
function placeOf(id: string | undefined): number | undefined {
  if (id === undefined || id === '') return undefined
  const place = placeOfCursor(id)
  if (place !== undefined) return place
  throw new RefusalError('bad-request', 'The parameter after names no event.')
}

function accepts(headers: Headers, type: string): boolean {
  return headers.get('accept')?.includes(type) ?? false
}
