import { z } from 'zod'
import type { Grant } from '../auth/authority.ts'
import { RefusalError } from '../base/errors.ts'
import { answerJson } from '../http/answers.ts'
import { noBody } from '../http/body.ts'
import { route, type Route } from '../http/route.ts'
import { noQuery } from '../http/schema.ts'
import type { Catalog, CatalogParts } from './catalog.ts'
import { tagOf } from './catalog.ts'
import { checkConditions, etag, isKnown } from './conditions.ts'
import {
  changeOf,
  contentBody,
  type ContentFormat,
  contentFormat,
  isUpdate,
  patchSchema,
  readContentBody,
  readPatch,
  rootQuery,
  typeOf,
  wantedOf,
} from './content-body.ts'
import { UpdateParts } from '../update/section.ts'
import type { RootWish } from '../ydoc/content/content-wish.ts'
import { answerContent, formatOfAccept, readAs, refuseLarge } from './read-content.ts'
import type { Edits, Wanted, WriteRequest } from './edits.ts'

/** What the routes of content work with. */
export interface ContentParts extends Pick<CatalogParts, 'converter' | 'limits' | 'unasked'> {
  readonly catalog: Catalog
  readonly edits: Edits
}

const contentQuery = z.strictObject({ format: contentFormat.optional(), ...rootQuery })

const changed = z.object({ changed: z.boolean(), version: z.string().optional() })

const path = '/api/v1/documents/:doc/content'

/** The routes of a document's content. */
export function contentRoutes(parts: ContentParts): readonly Route[] {
  return [readRoute(parts), putRoute(parts), patchRoute(parts)]
}

function readRoute(parts: ContentParts): Route {
  return route({
    method: 'GET',
    path,
    summary: 'Read the content, in one of its forms',
    access: 'read',
    query: contentQuery,
    body: noBody,
    answers: {
      200: { what: 'The content.', types: [...contentBody.types] },
      304: { what: 'It is as it was.' },
    },
    async handler({ context, grant, params: { doc = '' }, query: { format, kind, root } }) {
      const { headers } = context.request
      const chosen = format ?? formatOfAccept(headers.get('accept'))
      const { content, tag } = await contentIn(parts, doc, grant, chosen, { root, rootKind: kind })
      const told = { etag: tag, vary: 'accept' }
      if (isKnown(headers, tag)) return new Response(null, { status: 304, headers: told })
      return answerContent(content, chosen, told)
    },
  })
}

function putRoute(parts: ContentParts): Route {
  return route({
    method: 'PUT',
    path,
    summary: 'Make the content so, as the least change; makes the document where there is none',
    access: 'write',
    // What a file brought is kept as a version that says so.
    query: contentQuery.extend({ import: z.literal('true').optional() }),
    body: contentBody,
    answers: {
      200: { what: 'It is so; whether that was a change.', schema: changed },
      201: { what: 'The document was made.', schema: changed },
    },
    async handler({ body, context, grant, params: { doc = '' }, query: { kind, root, ...asked } }) {
      const { content, format } = readContentBody(body, asked.format)
      refuseLarge(parts, format, body.bytes.length)
      const wanted = wantedOf(format, content, root, kind)
      const { headers } = context.request
      const answer = await write(parts, headers, { document: doc, grant, wanted, creates: true })
      if (asked.import !== undefined) await parts.unasked?.keepImported(doc)
      return answer
    },
  })
}

function patchRoute(parts: ContentParts): Route {
  return route({
    method: 'PATCH',
    path,
    summary: 'Change the content: merge an update, append, prepend, replace, or edit a text',
    access: 'write',
    query: noQuery,
    body: { ...contentBody, types: [typeOf.update, typeOf.json], schema: patchSchema },
    answers: { 200: { what: 'It is on disk; whether that was a change.', schema: changed } },
    handler({ body, context, grant, params: { doc: document = '' } }) {
      const { headers } = context.request
      const common = { document, grant, creates: false }
      if (isUpdate(body)) {
        const wanted = { kind: 'update', update: body.bytes } as const
        return write(parts, headers, { ...common, wanted })
      }
      refuseLarge(parts, 'json', body.bytes.length)
      return write(parts, headers, { ...common, wanted: patchIn(readPatch(body), headers) })
    },
  })
}

/** Writes, and tells what came of it when it is on disk. @throws RefusalError */
async function write(
  { catalog, edits }: ContentParts,
  headers: Headers,
  request: Omit<WriteRequest, 'check'>,
): Promise<Response> {
  const check = (state: string | undefined): void => checkConditions(headers, state)
  const { changed: isChanged, created, version } = await edits.write({ ...request, check })
  const { document } = request
  const { tag } = await catalog.look(document, await catalog.loadLive(document, true))
  const told = { changed: isChanged || created, version }
  return answerJson(told, created ? 201 : 200, { etag: etag(tag) })
}

function patchIn(patch: z.infer<typeof patchSchema>, headers: Headers): Wanted {
  const { append, edits, format, prepend, replace, root, substitute } = patch
  if (substitute !== undefined) {
    if (format !== undefined && !isText(format)) {
      throw new RefusalError('bad-request', 'Texts give way in "text", "markdown" and "html" only.')
    }
    const change = { format: format ?? 'text', substitutions: substitute, root } as const
    return { kind: 'change', change: { ...change, kind: 'substitute', rootKind: undefined } }
  }
  if (edits !== undefined) {
    if (headers.get('if-match') === null) throw new RefusalError('precondition-needed')
    return { kind: 'change', change: { kind: 'edits', edits, root, rootKind: undefined } }
  }
  if (append !== undefined) return changeOf(append, format, root, 'append')
  if (prepend !== undefined) return changeOf(prepend, format, root, 'prepend')
  return changeOf(replace, format, root)
}

/** Forms that are text to a person. */
function isText(format: ContentFormat): format is 'html' | 'markdown' | 'text' {
  return ['html', 'markdown', 'text'].includes(format)
}

interface ContentIn {
  readonly content: UpdateParts
  /** As `ETag` says it. */
  readonly tag: string
}

async function contentIn(
  { catalog, ...parts }: ContentParts,
  doc: string,
  grant: Grant,
  format: ContentFormat,
  wish: RootWish,
): Promise<ContentIn> {
  const stored = await catalog.loadLive(doc, grant.access === 'admin')
  if (format === 'update') {
    const { tag } = await catalog.look(doc, stored)
    return { content: await catalog.stateOf(stored), tag: etag(tag) }
  }
  const read = await readAs(parts, catalog.contentOf(stored), format, wish)
  return { content: new UpdateParts([read.bytes]), tag: etag(tagOf(stored, read.digest), format) }
}
