import type { z } from 'zod'
import { readBytes } from '../base/body.ts'
import { RefusalError } from '../base/errors.ts'
import { readBySchema } from './schema.ts'

/** A body as it came. */
export interface RawBody {
  /** Its media type in lower case, without parameters; empty where it was not said. */
  readonly type: string
  readonly bytes: Uint8Array
}

/** What a route takes as a body. */
export interface BodySpec<Body> {
  /** Media types; none where the route takes no body. */
  readonly types: readonly string[]
  /** How much of it is taken: content is, other things are not. */
  readonly size?: 'large'
  /** Of a body of JSON. */
  readonly schema: z.ZodType | undefined
  /** @throws RefusalError when the body is not what the route takes */
  readonly read: (raw: RawBody) => Body
}

const jsonType = 'application/json'
/** Curl says that it is a form where it is not told otherwise. */
const spellings = new Set(['', jsonType, 'application/x-www-form-urlencoded'])
const utf8 = new TextDecoder('utf-8', { fatal: true })

/** A route that takes no body; one that comes all the same is not looked at. */
export const noBody: BodySpec<undefined> = {
  types: [],
  schema: undefined,
  read: () => undefined,
}

/** JSON that a schema describes; no body at all counts as `{}`. */
export function jsonBody<Body>(schema: z.ZodType<Body>, size?: 'large'): BodySpec<Body> {
  return {
    ...(size === undefined ? {} : { size }),
    types: [jsonType],
    schema,
    read({ type, bytes }) {
      if (bytes.length > 0 && !spellings.has(type)) refuseType(type, [jsonType])
      return readBySchema(schema, bytes.length === 0 ? {} : parse(bytes))
    },
  }
}

/** @throws RefusalError when the bytes are no JSON */
function parse(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(utf8.decode(bytes))
  } catch {
    throw new RefusalError('bad-request', 'The body is not JSON in UTF-8.')
  }
}

/** How much of a body is taken. */
export interface BodyLimits {
  readonly api_body_bytes_max: number
  readonly content_body_bytes_max: number
}

/**
 * Reads what came with a request.
 * @throws RefusalError `body-too-large`
 */
export async function readRawBody(
  request: Request,
  { size }: Pick<BodySpec<unknown>, 'size'>,
  limits: BodyLimits,
): Promise<RawBody> {
  const type = request.headers.get('content-type')?.split(';')[0]?.trim().toLowerCase() ?? ''
  const [bytesMax, flag] =
    size === 'large'
      ? [limits.content_body_bytes_max, '--content-body-bytes-max']
      : [limits.api_body_bytes_max, '--api-body-bytes-max']
  const bytes = await readBytes(request.body, bytesMax)
  if (bytes !== undefined) return { type, bytes }
  throw new RefusalError('body-too-large', `The limit is ${bytesMax} bytes (${flag}).`)
}

function refuseType(type: string, types: readonly string[]): never {
  const said = type === '' ? 'no Content-Type' : `Content-Type ${type}`
  throw new RefusalError('unsupported-type', `The body has ${said}; send ${types.join(' or ')}.`)
}
