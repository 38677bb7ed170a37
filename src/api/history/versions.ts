import { z } from 'zod'
import type { Stored } from '../../../persistence/store.ts'
import type { Version } from '../../../persistence/versions.ts'
import { RefusalError } from '../../base/errors.ts'
import type { History } from '../../history/history.ts'
import { answerJson } from '../../http/answers.ts'
import { jsonBody, noBody } from '../../http/body.ts'
import { route, type Route } from '../../http/route.ts'
import { noQuery } from '../../http/schema.ts'
import { UpdateParts } from '../../update/section.ts'
import { authorOf } from '../../room/ingest/author.ts'
import type { Catalog } from '../catalog.ts'
import { checkConditions, etag, isKnown } from '../conditions.ts'
import { contentBody, contentFormat, rootQuery } from '../content-body.ts'
import { answerContent, formatOfAccept, readAs, type ReadParts } from '../read-content.ts'
import { comparisonRoutes } from './comparisons.ts'
import {
  listed,
  notes,
  notesOf,
  restoration,
  told,
  unknownVersion,
  versionSchema,
} from './version-view.ts'

const base = '/api/v1/documents/:doc/versions'
const one = `${base}/:version`

/** What the routes of versions work with. */
export interface VersionParts extends ReadParts {
  readonly catalog: Catalog
  readonly history: History | undefined
}

/** The routes of kept states; none where the store keeps none. */
export function versionsRoutes({ history, ...parts }: VersionParts): readonly Route[] {
  if (history === undefined) return []
  const routes = [
    ...listRoutes(history),
    ...oneRoutes(history),
    ...contentRoutes(history, parts),
    ...comparisonRoutes(history),
  ]
  return routes.map((one_) => ofLive(one_, parts.catalog))
}

/** Of a document that is deleted, or was never there, nothing of its history is told either. */
function ofLive(route_: Route, catalog: Catalog): Route {
  return {
    ...route_,
    async answer(arrival, body) {
      const { grant, params } = arrival
      await catalog.demandLive(params['doc'] ?? '', grant.access === 'admin')
      return route_.answer(arrival, body)
    },
  }
}

function listRoutes(history: History): readonly Route[] {
  const { versions } = history
  return [
    route({
      method: 'GET',
      path: base,
      summary: 'List the versions of a document, newest first',
      access: 'write',
      query: z.strictObject({
        after: z.string().optional(),
        limit: z.coerce.number().int().min(1).max(100).default(20),
        named: z.enum(['true', 'false']).optional(),
      }),
      body: noBody,
      answers: { 200: { what: 'A page of them.', schema: listed } },
      async handler({ params: { doc = '' }, query: { after, limit, named } }) {
        const page = { document: doc, before: after, named: named === 'true' }
        const found = await versions.list({ ...page, limit: limit + 1 })
        const shown = found.slice(0, limit)
        const next = found.length > limit ? (shown.at(-1)?.id ?? null) : null
        return answerJson({ versions: shown.map(told), next })
      },
    }),
    route({
      method: 'POST',
      path: base,
      summary: 'Keep the document as it is now',
      access: 'write',
      query: noQuery,
      body: jsonBody(notes),
      answers: { 201: { what: 'The version.', schema: versionSchema }, ...unknownVersion },
      async handler({ body, params: { doc = '' } }) {
        const kept = await history.keep(doc, { kind: 'named', anyway: true, ...notesOf(body) })
        if (kept === undefined) throw new RefusalError('history-failed')
        const location = `/api/v1/documents/${encodeURIComponent(doc)}/versions/${kept.id}`
        return answerJson(told(kept), 201, { location })
      },
    }),
  ]
}

function oneRoutes(history: History): readonly Route[] {
  const { versions } = history
  const answers = { 200: { what: 'The version.', schema: versionSchema }, ...unknownVersion }
  const find = async (document: string, id: string): Promise<Version> =>
    (await versions.find(document, id)) ?? missing()
  return [
    route({
      method: 'GET',
      path: one,
      access: 'write',
      query: noQuery,
      body: noBody,
      answers,
      summary: 'Tell of a version',
      handler: async ({ params: { doc = '', version = '' } }) =>
        answerJson(told(await find(doc, version))),
    }),
    route({
      method: 'PATCH',
      path: one,
      access: 'write',
      query: noQuery,
      answers,
      summary: 'Give a version another name, or other data of yours; null takes it away',
      body: jsonBody(notes),
      async handler({ body, params: { doc = '', version = '' } }) {
        const former = await find(doc, version)
        const changed = await versions.note(doc, version, {
          name: body.name === undefined ? former.name : (body.name ?? undefined),
          meta: body.meta === undefined ? former.meta : notesOf(body).meta,
        })
        return answerJson(told(changed ?? missing()))
      },
    }),
    route({
      method: 'DELETE',
      path: one,
      access: 'admin',
      query: noQuery,
      body: noBody,
      summary: 'Drop a version; the content is not erased where others hold it',
      answers: { 204: { what: 'It is dropped.' }, ...unknownVersion },
      async handler({ params: { doc = '', version = '' } }) {
        await history.drop(doc, version)
        return new Response(null, { status: 204 })
      },
    }),
  ]
}

function contentRoutes(
  history: History,
  { catalog, ...parts }: Omit<VersionParts, 'history'>,
): readonly Route[] {
  return [
    route({
      method: 'POST',
      path: `${one}/restore`,
      access: 'write',
      query: noQuery,
      body: jsonBody(z.strictObject({})),
      summary: 'Make the document what it was, as one edit on top',
      answers: { 200: { what: 'What was made.', schema: restoration }, ...unknownVersion },
      async handler({ context: { request }, grant, params: { doc = '', version = '' } }) {
        const { headers } = request
        const check = async (stored: Stored): Promise<void> =>
          checkConditions(headers, (await catalog.look(doc, stored)).tag)
        const expects = headers.has('if-match') ? check : undefined
        return answerJson(await history.restore(doc, version, authorOf(grant.who), expects))
      },
    }),
    route({
      method: 'GET',
      path: `${one}/content`,
      access: 'write',
      body: noBody,
      summary: 'Tell the content of a version; it never changes',
      query: z.strictObject({ format: contentFormat.optional(), ...rootQuery }),
      answers: {
        200: { what: 'The content.', types: [...contentBody.types] },
        304: { what: 'It is as it was.' },
        ...unknownVersion,
      },
      async handler({
        context,
        params: { doc = '', version = '' },
        query: { kind, root, ...asked },
      }) {
        const { headers } = context.request
        const format = asked.format ?? formatOfAccept(headers.get('accept'))
        const { id } = (await history.versions.find(doc, version)) ?? missing()
        const tag = etag(id, format === 'update' ? undefined : format)
        const about = { etag: tag, vary: 'accept', 'cache-control': immutable }
        if (isKnown(headers, tag)) return new Response(null, { status: 304, headers: about })
        const state = await history.state(doc, version)
        const wish = { root, rootKind: kind }
        const { bytes } =
          format === 'update' ? { bytes: state } : await readAs(parts, [state], format, wish)
        return answerContent(new UpdateParts([bytes]), format, about)
      },
    }),
  ]
}

const immutable = 'private, max-age=31536000, immutable'

function missing(): never {
  throw new RefusalError('not-found')
}
