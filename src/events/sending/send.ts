import { isIP } from 'node:net'
import type { Clock, WallClock } from '../../base/clock.ts'
import { describeError } from '../../base/log.ts'
import { signatures } from './signature.ts'
import { readUrl, targetOf, type TargetParts } from './target.ts'

/** What sending works with. */
export interface SendParts extends TargetParts {
  readonly clock: Clock
  readonly wallClock: WallClock
  readonly limits: { readonly delivery_ms_max: number }
}

/** One delivery to one endpoint. */
export interface Letter {
  readonly url: string
  /** The secrets by which it is signed. */
  readonly secrets: readonly string[]
  /** Id of the event: the same at each attempt, so that a receiver knows a repetition. */
  readonly id: string
  readonly body: string
}

/** What came of it. */
export interface Sent {
  /** Of the answer; undefined where there was none. */
  readonly status: number | undefined
  /** Why it was not taken; undefined where it was. */
  readonly error: string | undefined
  /** For how long the receiver wants to be left alone. */
  readonly pauseMs: number | undefined
}

/** Sends a delivery once. Only an answer of 2xx in time means that it was taken. */
export async function send(parts: SendParts, letter: Letter): Promise<Sent> {
  const { clock, limits, wallClock } = parts
  const stop = new AbortController()
  const late = Promise.withResolvers<Sent>()
  const cancel = clock.after(limits.delivery_ms_max, () => {
    late.resolve(failed(`It did not answer within ${limits.delivery_ms_max / 1_000} s.`))
    stop.abort()
  })
  try {
    return await Promise.race([late.promise, post(parts, letter, wallClock(), stop.signal)])
  } finally {
    cancel()
  }
}

async function post(
  parts: SendParts,
  { body, id, secrets, url: text }: Letter,
  now: number,
  signal: AbortSignal,
): Promise<Sent> {
  const url = readUrl(text, parts)
  if (typeof url === 'string') return failed(url)
  const target = await targetOf(url, parts)
  if (target.kind !== 'address') return failed(target.reason)
  const { host, hostname, protocol } = url
  const seconds = Math.floor(now / 1_000)
  try {
    const response = await fetch(at(url, target.address), {
      method: 'POST',
      headers: {
        host,
        'content-type': 'application/json',
        'user-agent': 'ytopic',
        'webhook-id': id,
        'webhook-timestamp': `${seconds}`,
        'webhook-signature': signatures(secrets, id, seconds, body),
      },
      body,
      // Another place must not get it, and may be anywhere.
      redirect: 'manual',
      // A connection is kept by its address, whatever name it was opened for.
      keepalive: false,
      signal,
      ...(protocol === 'https:' && isIP(hostname) === 0 ? { tls: { serverName: hostname } } : {}),
    })
    // Nothing of it is of interest, and it may be endless.
    await response.body?.cancel()
    return answered(response, now)
  } catch (error) {
    return failed(`It could not be reached: ${describeError(error)}`)
  }
}

function at(url: URL, address: string): URL {
  const place = new URL(url)
  place.hostname = isIP(address) === 6 ? `[${address}]` : address
  place.hash = ''
  return place
}

function answered({ headers, ok, status }: Response, now: number): Sent {
  const pauseMs = pauseOf(headers.get('retry-after'), now)
  if (ok) return { status, error: undefined, pauseMs: undefined }
  const moved = status >= 300 && status < 400 ? '; it is not followed elsewhere' : ''
  return { status, error: `It answered ${status}${moved}.`, pauseMs }
}

/** `Retry-After` in seconds or as a date. */
function pauseOf(given: string | null, now: number): number | undefined {
  if (given === null) return undefined
  if (/^\d{1,9}$/.test(given)) return Number(given) * 1_000
  const date = Date.parse(given)
  return Number.isNaN(date) ? undefined : Math.max(0, date - now)
}

function failed(error: string): Sent {
  return { status: undefined, error, pauseMs: undefined }
}
