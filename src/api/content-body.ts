import { z } from 'zod'
import { RefusalError } from '../base/errors.ts'
import type { BodySpec, RawBody } from '../http/body.ts'
import { readBySchema } from '../http/schema.ts'
import type { ConvertedFormat } from '../ydoc/content/content-wish.ts'
import type { Wanted } from './edits.ts'

export const contentFormat = z.enum([
  'update',
  'json',
  'text',
  'delta',
  'prosemirror',
  'markdown',
  'html',
])
export type ContentFormat = z.infer<typeof contentFormat>

export const rootKind = z.enum(['text', 'xml', 'array', 'map'])

/** How a query names a root. */
export const rootQuery = { root: z.string().optional(), kind: rootKind.optional() }

const updateType = 'application/vnd.yjs.update'
const jsonType = 'application/json'

/** The media type of each form; the first form of a type is meant where the type alone is said. */
export const typeOf: Readonly<Record<ContentFormat, string>> = {
  update: updateType,
  json: jsonType,
  text: 'text/plain',
  delta: jsonType,
  prosemirror: jsonType,
  markdown: 'text/markdown',
  html: 'text/html',
}

/** Where the query says nothing: what a browser, curl and old clients say of any bytes. */
const updateTypes = new Set(['', updateType, 'application/octet-stream'])

/** The form of a media type; undefined of one that none has. */
export function formatOfType(type: string): ContentFormat | undefined {
  if (updateTypes.has(type)) return 'update'
  return contentFormat.options.find((format) => typeOf[format] === type)
}

/** Content in any of its forms, as it came. */
export const contentBody: BodySpec<RawBody> = {
  types: [...new Set(Object.values(typeOf))],
  schema: undefined,
  size: 'large',
  read: (raw) => raw,
}

/**
 * Reads content that came as a body.
 * @throws RefusalError `unsupported-type`, `bad-content`
 */
export function readContentBody(
  { bytes, type }: RawBody,
  format: ContentFormat | undefined,
): { readonly format: ContentFormat; readonly content: unknown } {
  const found = format ?? formatOfType(type)
  if (found === undefined) {
    const types = contentBody.types.join(', ')
    throw new RefusalError(
      'unsupported-type',
      `The body has Content-Type ${type}; send one of ${types}.`,
    )
  }
  if (found === 'update') return { format: found, content: bytes }
  const text = decode(bytes)
  return { format: found, content: typeOf[found] === jsonType ? parse(text) : text }
}

/** What is to be written of content that came within JSON. @throws RefusalError */
export function changeOf(
  content: unknown,
  given: ContentFormat | undefined,
  root: string | undefined,
  kind: 'replace' | 'append' | 'prepend' = 'replace',
): Wanted {
  const format = given ?? formatOf(content, kind)
  if (format === 'update') {
    throw new RefusalError(
      'bad-content',
      'An update is bytes: send it as application/vnd.yjs.update.',
    )
  }
  return wantedChange({ kind, format, content, root, rootKind: undefined })
}

/** @throws RefusalError `bad-content` where an update is no bytes */
export function wantedOf(
  format: ContentFormat,
  content: unknown,
  root: string | undefined,
  kind: z.infer<typeof rootKind> | undefined,
): Wanted {
  if (format !== 'update') {
    return wantedChange({ kind: 'replace', format, content, root, rootKind: kind })
  }
  if (content instanceof Uint8Array) return { kind: 'update', update: content }
  throw new RefusalError('bad-content', 'An update is sent as bytes.')
}

function wantedChange(change: {
  readonly kind: 'replace' | 'append' | 'prepend'
  readonly format: ConvertedFormat
  readonly content: unknown
  readonly root: string | undefined
  readonly rootKind: z.infer<typeof rootKind> | undefined
}): Wanted {
  return { kind: 'change', change }
}

/** A string is text, a document or a list of nodes ProseMirror's, another object one of roots. */
function formatOf(content: unknown, kind: 'replace' | 'append' | 'prepend'): ContentFormat {
  if (typeof content === 'string') return 'text'
  const isDoc = typeof content === 'object' && content !== null && 'type' in content
  return Array.isArray(content) || isDoc || kind !== 'replace' ? 'prosemirror' : 'json'
}

const edit = z.strictObject({
  at: z.int().min(0),
  delete: z.int().min(0).optional(),
  insert: z.string().optional(),
  attributes: z.record(z.string(), z.unknown()).optional(),
})

/** Text that gives way to another one; it has to be there once. */
const substitution = z.strictObject({ old: z.string().min(1), new: z.string() })

/** A change of content as JSON. */
export const patchSchema = z
  .strictObject({
    root: z.string().optional(),
    format: contentFormat.optional(),
    append: z.unknown().optional(),
    prepend: z.unknown().optional(),
    replace: z.unknown().optional(),
    edits: z.array(edit).max(10_000).optional(),
    substitute: z.array(substitution).min(1).max(1_000).optional(),
  })
  .refine(({ append, edits, prepend, replace, substitute }) => {
    const given = [append, prepend, replace, edits, substitute]
    return given.filter((one) => one !== undefined).length === 1
  }, 'Say one of "append", "prepend", "replace", "edits" and "substitute"')

/** Reads such a change. @throws RefusalError */
export function readPatch({ bytes, type }: RawBody): z.infer<typeof patchSchema> {
  if (type !== jsonType && type !== '') {
    const types = `${updateType} or ${jsonType}`
    throw new RefusalError('unsupported-type', `The body has Content-Type ${type}; send ${types}.`)
  }
  return readBySchema(patchSchema, parse(decode(bytes)))
}

/** Whether a body is one update. */
export function isUpdate({ type }: RawBody): boolean {
  return type === updateType || type === 'application/octet-stream'
}

const utf8 = new TextDecoder('utf-8', { fatal: true })

function decode(bytes: Uint8Array): string {
  try {
    return utf8.decode(bytes)
  } catch {
    throw new RefusalError('bad-content', 'The body is not UTF-8.')
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw new RefusalError('bad-content', 'The body is not JSON.')
  }
}
