import { createHash } from 'node:crypto'
import { keyAbout } from '../../persistence/companion.ts'
import type { IdempotencyKeys, KeptAnswer } from '../../persistence/idempotency.ts'
import { RefusalError } from '../base/errors.ts'
import type { RawBody } from '../http/body.ts'
import type { Arrival, Route } from '../http/route.ts'

/** A day: a client that comes back later has given up before. */
const kept = { count: 100_000, ms: 24 * 60 * 60 * 1_000 }
const keyCharactersMax = 128
/** Larger answers are given, but not again. */
const answerBytesMax = 256 * 1_024

/**
 * Lets a `POST` that comes again with its `Idempotency-Key` be done once, and answered as it was.
 * Where a request was refused or failed nothing is kept: it may be tried again with the same key.
 * @param keys undefined where the store keeps none: then such a request is refused
 */
export function onceByKey(route: Route, keys: IdempotencyKeys | undefined): Route {
  if (route.method !== 'POST') return route
  return {
    ...route,
    async answer(arrival, body) {
      const key = keyOf(arrival)
      if (key === undefined) return route.answer(arrival, body)
      if (keys === undefined) throw new RefusalError('keys-unkept')
      return answerOnce(keys, route, arrival, body, scopeOf(arrival, key))
    },
  }
}

async function answerOnce(
  keys: IdempotencyKeys,
  route: Route,
  arrival: Arrival,
  body: RawBody,
  scoped: string,
): Promise<Response> {
  const claim = await keys.claim(scoped, digestOf([body.type, body.bytes]), kept)
  switch (claim.kind) {
    case 'other':
      throw new RefusalError('key-reused')
    case 'unanswered':
      throw new RefusalError('key-unanswered')
    case 'answered':
      return responseOf(claim.answer)
    case 'claimed': {
      const answer = await answered(keys, route, arrival, body, scoped)
      const isKept = answer.status < 300 && answer.body.length <= answerBytesMax
      await (isKept ? keys.settle(scoped, answer) : keys.release(scoped))
      return responseOf(answer)
    }
  }
}

async function answered(
  keys: IdempotencyKeys,
  route: Route,
  arrival: Arrival,
  body: RawBody,
  scoped: string,
): Promise<KeptAnswer> {
  try {
    const response = await route.answer(arrival, body)
    const headers = Object.fromEntries(response.headers)
    return { status: response.status, headers, body: await response.bytes() }
  } catch (error) {
    await keys.release(scoped)
    throw error
  }
}

/** @throws RefusalError `bad-request` of a key that is none */
function keyOf({ context }: Arrival): string | undefined {
  const key = context.request.headers.get('idempotency-key')
  if (key === null) return undefined
  if (key !== '' && key.length <= keyCharactersMax) return key
  throw new RefusalError(
    'bad-request',
    `An Idempotency-Key has 1 to ${keyCharactersMax} characters; this one has ${key.length}.`,
  )
}

/** The key among those of one person, for one path: somebody else's is another. */
function scopeOf({ context, grant, params: { doc } }: Arrival, key: string): string {
  const { path, credentials } = context
  const person = grant.who?.id
  const who = person === undefined ? ['token', credentials.token ?? ''] : ['person', person]
  const scoped = digestOf([...who, path, key])
  return doc === undefined ? scoped : keyAbout(doc, scoped)
}

/** One digest of all parts, each told from the next. */
function digestOf(parts: readonly (string | Uint8Array)[]): string {
  const hash = createHash('sha256')
  for (const part of parts) hash.update(`${part.length}:`).update(part)
  return hash.digest('base64url')
}

function responseOf({ body, headers, status }: KeptAnswer): Response {
  return new Response(status === 204 ? null : new Uint8Array(body), { status, headers })
}
