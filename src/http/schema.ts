import { z } from 'zod'
import { RefusalError } from '../base/errors.ts'

/** Of a route that takes no query; a token may stand there all the same. */
export const noQuery = z.strictObject({})

/** A text without half characters, of so many UTF-16 units at most. */
export function soundText(most: number): z.ZodType<string> {
  const message = 'it is not well-formed Unicode'
  return z
    .string()
    .max(most)
    .refine((text) => text.isWellFormed(), message)
}

/**
 * Reads a value by its schema.
 * @throws RefusalError `bad-request`, which names the first thing that is wrong
 */
export function readBySchema<Value>(schema: z.ZodType<Value>, given: unknown): Value {
  const read = schema.safeParse(given)
  if (read.success) return read.data
  const [issue] = read.error.issues
  const at = issue?.path.join('.') ?? ''
  throw new RefusalError('bad-request', `${at === '' ? '' : `${at}: `}${issue?.message ?? ''}.`)
}

/**
 * Reads a query by its schema; a key that stands there twice is a mistake.
 * @throws RefusalError `bad-request`
 */
export function readQuery<Query>(schema: z.ZodType<Query>, query: URLSearchParams): Query {
  const given = new Map<string, string>()
  for (const [key, value] of query) {
    if (key === 'token') continue
    if (given.has(key)) {
      throw new RefusalError('bad-request', `${key} is given twice; give it once.`)
    }
    given.set(key, value)
  }
  return readBySchema(schema, Object.fromEntries(given))
}
