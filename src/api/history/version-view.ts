import { z } from 'zod'
import type { Author } from '../../../persistence/batch.ts'
import type { Version } from '../../../persistence/versions.ts'

const nameCharsMax = 200

/** What a route of something that need not be there answers besides. */
export const unknownVersion = { 404: { what: 'There is no such document or version.' } }

/** What its maker says of a version; null takes it away. */
export const notes = z.strictObject({
  name: z.string().min(1).max(nameCharsMax).nullable().optional(),
  meta: z.json().optional(),
})

const author = z.object({
  id: z.string(),
  name: z.string().nullable(),
  color: z.string().nullable(),
})
export const versionSchema = z.object({
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
export const listed = z.object({ versions: z.array(versionSchema), next: z.string().nullable() })
export const restoration = z.object({ version: z.string(), before: z.string() })

export function notesOf(body: {
  readonly name?: string | null | undefined
  readonly meta?: unknown
}): {
  readonly name: string | undefined
  readonly meta: string | undefined
} {
  const { meta: data = null } = body
  return { name: body.name ?? undefined, meta: data === null ? undefined : JSON.stringify(data) }
}

/** A version as the API tells it; `bytes` are those of the content. */
export function told(version: Version): z.infer<typeof versionSchema> {
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
