import { z } from 'zod'
import type { Author } from '../../persistence/batch.ts'
import type { Version } from '../../persistence/versions.ts'
import { RefusalError } from '../base/errors.ts'
import type { Catalog } from './catalog.ts'
import { checkConditions } from './conditions.ts'
import { contentBody, contentFormat, rootQuery } from './content-body.ts'
import { answerContent, readAs, type ReadParts } from './read-content.ts'
import type { History } from '../history/history.ts'
import { answerJson } from '../http/answers.ts'
import { jsonBody, noBody } from '../http/body.ts'
import { route, type Route } from '../http/route.ts'
import { noQuery } from '../http/schema.ts'
import { authorOf } from '../room/ingest/author.ts'

const base = '/api/v1/documents/:doc/versions'
const one = `${base}/:version`
const nameCharsMax = 200
const unknown = { 404: { what: 'There is no such document or version.' } }

/** What the routes of versions work with. */
export interface VersionParts extends ReadParts {
  readonly catalog: Catalog
  readonly history: History | undefined
}

/** The routes of kept states; none where the store keeps none. */
export function versionsRoutes({ history, ...parts }: VersionParts): readonly Route[] {
  return history === undefined
    ? []
    : [
        ...listRoutes(history),
        ...oneRoutes(history),
        ...contentRoutes(history, parts),
        ...comparisonRoutes(history),
      ]
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
        if (found.length === 0 && !(await history.knows(doc))) missing()
        const shown = found.slice(0, limit)
        const next = found.length > limit ? (shown.at(-1)?.id ?? null) : null
        return answerJson({ versions: shown.map(jsonOf), next })
      },
    }),
    route({
      method: 'POST',
      path: base,
      summary: 'Keep the document as it is now',
      access: 'write',
      query: noQuery,
      body: jsonBody(z.strictObject({ name: name.optional(), meta: meta.optional() })),
      answers: { 201: { what: 'The version.', schema: versionSchema }, ...unknown },
      async handler({ body, params: { doc = '' } }) {
        const kept = await history.keep(doc, { kind: 'named', anyway: true, ...notesOf(body) })
        if (kept === undefined) throw new RefusalError('history-failed')
        return answerJson(jsonOf(kept), 201)
      },
    }),
  ]
}

function oneRoutes(history: History): readonly Route[] {
  const { versions } = history
  const answers = { 200: { what: 'The version.', schema: versionSchema }, ...unknown }
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
        answerJson(jsonOf(await find(doc, version))),
    }),
    route({
      method: 'PATCH',
      path: one,
      access: 'write',
      query: noQuery,
      answers,
      summary: 'Give a version another name, or other data of yours; null takes it away',
      body: jsonBody(z.strictObject({ name: name.optional(), meta: meta.optional() })),
      async handler({ body, params: { doc = '', version = '' } }) {
        const former = await find(doc, version)
        const changed = await versions.note(doc, version, {
          name: body.name === undefined ? former.name : (body.name ?? undefined),
          meta: body.meta === undefined ? former.meta : notesOf(body).meta,
        })
        return answerJson(jsonOf(changed ?? missing()))
      },
    }),
    route({
      method: 'DELETE',
      path: one,
      access: 'admin',
      query: noQuery,
      body: noBody,
      summary: 'Drop a version; the content is not erased where others hold it',
      answers: { 204: { what: 'It is dropped.' }, ...unknown },
      async handler({ params: { doc = '', version = '' } }) {
        await history.drop(doc, version)
        return new Response(null, { status: 204 })
      },
    }),
  ]
}

const context = z.coerce.number().int().min(0).optional()

/** What changed between two states, and who wrote what is there. */
function comparisonRoutes(history: History): readonly Route[] {
  const common = { method: 'GET', access: 'write', body: noBody } as const
  const ambiguous = { 409: { what: 'There are several roots, and none was named.' } }
  return [
    route({
      ...common,
      path: `${one}/diff/:other`,
      summary: 'Tell what changed from one version (or "empty") to another (or "now")',
      query: z.strictObject({
        context,
        format: z.enum(['json', 'html']).default('json'),
        root: z.string().optional(),
      }),
      answers: {
        200: { what: 'What became of the root.', types: ['application/json', 'text/html'] },
        ...unknown,
        ...ambiguous,
      },
      async handler({ params: { doc = '', other = '', version = '' }, query }) {
        const { context: near, format: form, root } = query
        const from = version === 'empty' ? 'empty' : sideOf(version)
        const text = await history.compare(doc, [from, sideOf(other)], {
          context: near,
          form,
          root,
        })
        return answerText(text, form === 'html' ? 'text/html' : 'application/json')
      },
    }),
    route({
      ...common,
      path: '/api/v1/documents/:doc/attribution',
      summary: 'Tell who wrote what is in the document',
      query: z.strictObject({ root: z.string().optional() }),
      answers: {
        200: { what: 'Who wrote what of the root.', types: ['application/json'] },
        ...unknown,
        ...ambiguous,
      },
      async handler({ params: { doc = '' }, query: { root } }) {
        const how = { context: undefined, form: 'attribution', root } as const
        return answerText(await history.compare(doc, ['now', 'now'], how), 'application/json')
      },
    }),
  ]
}

function sideOf(version: string): 'now' | { readonly version: string } {
  return version === 'now' ? 'now' : { version }
}

function answerText(text: string, type: string): Response {
  return new Response(text, { headers: { 'content-type': `${type}; charset=utf-8` } })
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
      body: noBody,
      summary: 'Make the document what it was, as one edit on top',
      answers: { 200: { what: 'What was made.', schema: restoration }, ...unknown },
      async handler({ context: { request }, grant, params: { doc = '', version = '' } }) {
        if (request.headers.has('if-match')) {
          const { tag } = await catalog.look(doc, await catalog.loadLive(doc, false))
          checkConditions(request.headers, tag)
        }
        return answerJson(await history.restore(doc, version, authorOf(grant.who)))
      },
    }),
    route({
      method: 'GET',
      path: `${one}/content`,
      access: 'write',
      body: noBody,
      summary: 'Tell the content of a version; it never changes',
      query: z.strictObject({ format: contentFormat.default('update'), ...rootQuery }),
      answers: { 200: { what: 'The content.', types: [...contentBody.types] }, ...unknown },
      async handler({ params: { doc = '', version = '' }, query: { format, kind, root } }) {
        const state = await history.state(doc, version)
        const wish = { root, rootKind: kind }
        const { bytes } =
          format === 'update' ? { bytes: state } : await readAs(parts, [state], format, wish)
        return answerContent(bytes, format, { 'cache-control': immutable })
      },
    }),
  ]
}

const immutable = 'private, max-age=31536000, immutable'

const name = z.string().min(1).max(nameCharsMax).nullable()
const meta = z.json()
const author = z.object({
  id: z.string(),
  name: z.string().nullable(),
  color: z.string().nullable(),
})
const versionSchema = z.object({
  id: z.string(),
  time: z.iso.datetime(),
  kind: z.enum([
    'auto',
    'named',
    'before-restore',
    'restored',
    'before-replace',
    'before-delete',
    'import',
  ]),
  name: z.string().nullable(),
  meta: z.json(),
  authors: z.array(author),
  bytes: z.int(),
  restoredFrom: z.string().nullable(),
})
const listed = z.object({ versions: z.array(versionSchema), next: z.string().nullable() })
const restoration = z.object({ version: z.string(), before: z.string() })

function notesOf(body: { readonly name?: string | null | undefined; readonly meta?: unknown }): {
  readonly name: string | undefined
  readonly meta: string | undefined
} {
  const { meta: data = null } = body
  return { name: body.name ?? undefined, meta: data === null ? undefined : JSON.stringify(data) }
}

/** A version as the API tells it; `bytes` are those of the content. */
function jsonOf(version: Version): z.infer<typeof versionSchema> {
  const { authors, id, kind, restoredFrom, stateBytes, time } = version
  return {
    id,
    time: new Date(time).toISOString(),
    kind,
    name: version.name ?? null,
    meta: version.meta === undefined ? null : z.json().parse(JSON.parse(version.meta)),
    authors: authors.map(userOf),
    bytes: stateBytes,
    restoredFrom: restoredFrom ?? null,
  }
}

function userOf({ id, name: called }: Author): z.infer<typeof author> {
  return { id, name: called ?? null, color: null }
}

function missing(): never {
  throw new RefusalError('not-found')
}
