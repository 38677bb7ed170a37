import { z } from 'zod'
import type { Chance } from '../base/chance.ts'
import { RefusalError } from '../base/errors.ts'
import { answerJson } from '../http/answers.ts'
import { grantFor } from '../http/authorize.ts'
import { jsonBody, noBody } from '../http/body.ts'
import { route, type Route } from '../http/route.ts'
import { noQuery } from '../http/schema.ts'
import { checkDocumentName } from '../protocol/document-name.ts'
import type { Catalog } from './catalog.ts'
import { checkConditions, etag, isKnown } from './conditions.ts'
import { changeOf, contentFormat } from './content-body.ts'
import { encodeNext, listed, type ListParts, listQuery } from './documents-list.ts'
import type { Edits } from './edits.ts'

/** What the routes of documents work with. */
export interface DocumentParts extends ListParts {
  readonly chance: Chance
  readonly catalog: Catalog
  readonly edits: Edits
}

const root = z.object({
  name: z.string(),
  kind: z.enum(['text', 'xml', 'array', 'map', 'unknown']),
})

/** A document as an answer has it. */
const documentSchema = z.object({
  name: z.string(),
  bytes: z.int(),
  created: z.iso.datetime().nullable(),
  changed: z.iso.datetime().nullable(),
  sessions: z.int(),
  versions: z.int(),
  historyBytes: z.int(),
  roots: z.array(root),
})

const newDocument = z.strictObject({
  name: z.string().optional(),
  content: z.unknown().optional(),
  format: contentFormat.optional(),
  root: z.string().optional(),
})

const at = '/api/v1/documents'

/** The routes of documents as wholes. */
export function documentRoutes(parts: DocumentParts): readonly Route[] {
  return [
    listRoute(parts),
    makeRoute(parts),
    tellRoute(parts),
    ...deletionRoutes(parts),
    cloneRoute(parts),
  ]
}

function listRoute(parts: DocumentParts): Route {
  return route({
    method: 'GET',
    path: at,
    summary: 'List documents by name',
    access: 'handler',
    query: listQuery,
    body: noBody,
    answers: {
      200: {
        what: 'A page of them, and where the next one begins.',
        schema: z.object({ documents: z.array(documentSchema), next: z.string().nullable() }),
      },
    },
    async handler({ context, query }) {
      const { documents, next } = await listed(parts, context, query)
      const views = []
      for (const summary of documents) views.push(await parts.catalog.describeListed(summary))
      return answerJson({ documents: views, next: next === null ? null : encodeNext(next) })
    },
  })
}

function makeRoute(parts: DocumentParts): Route {
  const { catalog, edits } = parts
  return route({
    method: 'POST',
    path: at,
    summary: 'Make a document; without a name it gets one that nobody guesses',
    access: 'handler',
    query: noQuery,
    body: jsonBody(newDocument, 'large'),
    answers: { 201: { what: 'The new document.', schema: documentSchema } },
    async handler({ body, context }) {
      const name = nameIn(parts, body.name)
      const grant = await grantFor(parts, name, context.credentials, 'write', false)
      const { deleted } = await catalog.load(name)
      if (body.content === undefined || deleted !== undefined) await catalog.create(name)
      else {
        const wanted = changeOf(body.content, body.format, body.root)
        await edits.write({ document: name, grant, wanted, check: refuseThere, creates: true })
      }
      return made(catalog, name)
    },
  })
}

/** There must be no document yet. */
function refuseThere(state: string | undefined): void {
  if (state !== undefined) throw new RefusalError('document-exists')
}

function tellRoute({ catalog }: DocumentParts): Route {
  return route({
    method: 'GET',
    path: `${at}/:doc`,
    summary: 'Tell of a document',
    access: 'read',
    query: noQuery,
    body: noBody,
    answers: { ...told, 304: { what: 'It is as it was.' } },
    async handler({ context, grant, params: { doc = '' } }) {
      const { tag, view: document } = await catalog.describe(doc, grant.access === 'admin')
      const headers = { etag: etag(tag) }
      if (isKnown(context.request.headers, etag(tag))) {
        return new Response(null, { status: 304, headers })
      }
      return answerJson(document, 200, headers)
    },
  })
}

function deletionRoutes({ catalog }: DocumentParts): readonly Route[] {
  const common = { access: 'admin', query: noQuery } as const
  const gone = { 204: { what: 'It is done.' } }
  return [
    route({
      ...common,
      method: 'DELETE',
      path: `${at}/:doc`,
      summary: 'Delete a document; those who are in it are sent away',
      body: noBody,
      answers: gone,
      async handler({ context, params: { doc = '' } }) {
        await checkState(catalog, doc, context.request.headers)
        await catalog.delete(doc)
        return new Response(null, { status: 204 })
      },
    }),
    route({
      ...common,
      method: 'POST',
      path: `${at}/:doc/undelete`,
      summary: 'Bring a deleted document back',
      body: jsonBody(z.strictObject({})),
      answers: told,
      async handler({ params: { doc = '' } }) {
        await catalog.undelete(doc)
        return view(catalog, doc, 200)
      },
    }),
    route({
      ...common,
      method: 'POST',
      path: `${at}/:doc/purge`,
      summary: 'Remove all of a deleted document for good; its name may be used anew',
      body: jsonBody(z.strictObject({})),
      answers: gone,
      async handler({ params: { doc = '' } }) {
        await catalog.purge(doc)
        return new Response(null, { status: 204 })
      },
    }),
  ]
}

function cloneRoute(parts: DocumentParts): Route {
  const { catalog, edits } = parts
  return route({
    method: 'POST',
    path: `${at}/:doc/clone`,
    summary: 'Make a document with the same content, without its history',
    access: 'read',
    query: noQuery,
    body: jsonBody(z.strictObject({ name: z.string().optional() })),
    answers: { 201: { what: 'The new document.', schema: documentSchema } },
    async handler({ body, context, grant: onOld, params: { doc = '' } }) {
      const document = nameIn(parts, body.name)
      const grant = await grantFor(parts, document, context.credentials, 'write', false)
      const stored = await catalog.loadLive(doc, onOld.access === 'admin')
      const state = await catalog.stateOf(stored)
      const wanted = { kind: 'update', update: state.bytes() } as const
      await catalog.create(document)
      await edits.write({ document, grant, wanted, creates: false })
      return made(catalog, document)
    },
  })
}

/** @throws RefusalError where the document is not in the state that the request names */
async function checkState(catalog: Catalog, doc: string, headers: Headers): Promise<void> {
  if (!headers.has('if-match')) return
  const stored = await catalog.loadLive(doc, true)
  checkConditions(headers, (await catalog.look(doc, stored)).tag)
}

const told = { 200: { what: 'The document.', schema: documentSchema } }

async function view(
  catalog: Catalog,
  name: string,
  status: number,
  headers: Readonly<Record<string, string>> = {},
): Promise<Response> {
  const { tag, view: document } = await catalog.describe(name, true)
  return answerJson(document, status, { etag: etag(tag), ...headers })
}

function made(catalog: Catalog, name: string): Promise<Response> {
  return view(catalog, name, 201, { location: `${at}/${encodeURIComponent(name)}` })
}

/** A name that was given, or one that nobody guesses. */
function nameIn({ chance }: DocumentParts, given: string | undefined): string {
  if (given === undefined) return chance.name()
  const verdict = checkDocumentName(given)
  if (verdict.kind === 'bad-name') throw new RefusalError('bad-name', verdict.reason)
  return verdict.name
}
