import { readText } from '../base/body.ts'
import { type Clock, systemClock, systemWallClock, type WallClock } from '../base/clock.ts'
import { RefusalError } from '../base/errors.ts'
import { type LimitOptions, type Limits, limitsFrom } from '../base/limits/limits.ts'
import { setNewest } from '../base/newest.ts'
import { AuthSetupError } from './auth-setup-error.ts'
import {
  type Authority,
  denied,
  type RequestFacts,
  type Revocation,
  type Verdict,
} from './authority.ts'
import { QuestionSlots } from './question-slots.ts'
import { type Answer, readAnswer } from './webhook-answer.ts'

/** How the owner's endpoint is asked; only its address has no default. */
export interface WebhookOptions {
  readonly url: string
  /** Shown to the endpoint as `Authorization: Bearer …`, so that it knows who asks. */
  readonly secret?: string | undefined
  readonly clock?: Clock
  readonly wallClock?: WallClock
  /** Those whose name begins with `webhook` count here. */
  readonly limits?: LimitOptions | undefined
}

interface Kept {
  readonly verdict: Verdict
  readonly document: string
  readonly until: number
}

/** Longest answer that is read. */
const answerBytesMax = 65_536

/**
 * Lets an endpoint of the owner's decide: each question is one POST of JSON.
 * @throws AuthSetupError when the URL is none
 */
export function createWebhookAuthority(options: WebhookOptions): Authority {
  const url = URL.parse(options.url)
  if (url === null || !/^https?:$/.test(url.protocol)) {
    throw new AuthSetupError(
      'The URL of the authorization endpoint does not begin with http or https; correct it.',
    )
  }
  return new WebhookAuthority(url, { ...defaults, ...options, limits: limitsFrom(options.limits) })
}

const defaults = { clock: systemClock, wallClock: systemWallClock }

type Settings = Omit<WebhookOptions, 'limits'> &
  Required<Pick<WebhookOptions, keyof typeof defaults>> & { readonly limits: Limits }

class WebhookAuthority implements Authority {
  readonly needsToken = true
  readonly headers = ['user-agent']
  readonly #url: URL
  readonly #options: Settings
  /** By a digest of the whole question; the oldest first. */
  readonly #kept = new Map<string, Kept>()
  readonly #asking = new Map<string, Promise<Verdict>>()
  readonly #slots: QuestionSlots

  constructor(url: URL, options: Settings) {
    this.#url = url
    this.#options = options
    this.#slots = new QuestionSlots(options.limits, options.clock)
  }

  async decide(
    token: string | undefined,
    document: string,
    request: RequestFacts,
  ): Promise<Verdict> {
    if (token === undefined) return denied('No token was sent.')
    const { headers, ip, origin } = request
    const userAgent = headers.get('user-agent')
    const question = JSON.stringify({ token, document, ip, origin, userAgent })
    const key = await digest(question)
    const kept = this.#kept.get(key)
    if (kept !== undefined && kept.until > this.#options.clock.now()) return kept.verdict
    const asking = this.#asking.get(key)
    if (asking !== undefined) return asking
    const giveBack = this.#slots.take(request)
    if (giveBack === undefined) throw unavailable('It is asked too much.')
    return this.#askOnce(key, question, document).finally(giveBack)
  }

  revoke({ document }: Revocation): void {
    for (const [key, kept] of this.#kept) {
      if (document === undefined || kept.document === document) this.#kept.delete(key)
    }
    // An answer that is on its way may be older than the revocation.
    this.#asking.clear()
  }

  #askOnce(key: string, question: string, document: string): Promise<Verdict> {
    const { clock } = this.#options
    const asking: Promise<Verdict> = this.#ask(question)
      .then(({ keepMs, verdict }) => {
        if (this.#asking.get(key) === asking) {
          this.#keep(key, { verdict, document, until: clock.now() + keepMs })
        }
        return verdict
      })
      .finally(() => {
        if (this.#asking.get(key) === asking) this.#asking.delete(key)
      })
    this.#asking.set(key, asking)
    return asking
  }

  async #ask(question: string): Promise<Answer> {
    const { clock, limits, secret, wallClock } = this.#options
    const stop = new AbortController()
    const cancel = clock.after(limits.auth_webhook_ms_max, () => stop.abort())
    try {
      const response = await fetch(this.#url, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          accept: 'application/json',
          ...(secret === undefined ? {} : { authorization: `Bearer ${secret}` }),
        },
        body: question,
        // Another place must not get the token.
        redirect: 'error',
        signal: stop.signal,
      })
      const text = await readText(response.body, answerBytesMax)
      const { status } = response
      const answer = text === undefined ? undefined : readAnswer(status, text, wallClock())
      if (answer === undefined) throw unavailable(`It answered ${status} and no decision.`)
      return answer
    } catch (error) {
      if (error instanceof RefusalError) throw error
      const late = stop.signal.aborted
      throw unavailable(late ? 'The endpoint was too slow.' : 'The endpoint did not answer.')
    } finally {
      cancel()
    }
  }

  #keep(key: string, kept: Kept): void {
    const { clock, limits } = this.#options
    if (kept.until <= clock.now()) this.#kept.delete(key)
    else setNewest(this.#kept, key, kept, limits.auth_webhook_entries_max)
  }
}

/** A token is not kept in memory longer than its question takes. */
async function digest(question: string): Promise<string> {
  const bytes = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(question))
  return new Uint8Array(bytes).toBase64()
}

function unavailable(detail: string): RefusalError {
  return new RefusalError('authority-unavailable', detail)
}
