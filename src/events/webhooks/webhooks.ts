import type { PendingDelivery, StoredEvent, Webhook } from '../../../persistence/outbox.ts'
import { eventNumber } from '../../../persistence/outbox.ts'
import type { Cancel } from '../../base/clock.ts'
import { RefusalError } from '../../base/errors.ts'
import { describeError } from '../../base/log.ts'
import type { Pulse } from '../pulse.ts'
import { send, type Sent } from '../sending/send.ts'
import { isSecret, secretOf } from '../sending/signature.ts'
import { readUrl, targetOf } from '../sending/target.ts'
import { Endpoint, type EndpointParts } from './endpoint.ts'
import { rotated, secretsAt } from './secrets.ts'

/** What webhooks work with. */
export interface WebhooksParts extends EndpointParts {
  readonly pulse: Pulse
  readonly limits: EndpointParts['limits'] & { readonly endpoints_max: number }
}

/** What somebody may say of a webhook. */
export interface WebhookWishes {
  readonly url?: string | undefined
  readonly events?: readonly string[] | undefined
  /** Only of documents whose names begin so; null of all. */
  readonly prefix?: string | null | undefined
  /** null has one made. */
  readonly secret?: string | null | undefined
  readonly enabled?: boolean | undefined
}

/** A webhook, and its secret where that is told: once. */
export interface ToldWebhook {
  readonly webhook: Webhook
  readonly secret: string | undefined
}

const tickMs = 1_000
/** With several servers on a store: how often it is seen who tells which endpoint. */
const lookMs = 10_000
/** For so long a server has an endpoint to itself; it is asked for anew well before. */
const leaseMs = 30_000
const secretBytes = 32

/** The endpoints that are told of events: kept in the store, and told by one server each. */
export class Webhooks {
  readonly #parts: WebhooksParts
  readonly #holder: string
  /** Those that this server tells. */
  readonly #endpoints = new Map<string, Endpoint>()
  #looking: Promise<void> = Promise.resolve()
  #lookedAt = Number.NEGATIVE_INFINITY
  #cancelTick: Cancel = () => undefined
  #cancelPulse: Cancel | undefined
  #closed = false

  constructor(parts: WebhooksParts) {
    this.#parts = parts
    this.#holder = parts.chance.name()
  }

  /** Begins to tell them. */
  begin(): void {
    this.#cancelTick = this.#parts.clock.every(tickMs, () => this.#tick())
    this.#tick()
  }

  /** Tells nothing new; resolves when what is under way has ended, and is noted. */
  async close(): Promise<void> {
    this.#closed = true
    this.#cancelTick()
    this.#cancelPulse?.()
    await this.#looking
    await Promise.all([...this.#endpoints.values()].map((endpoint) => endpoint.close()))
  }

  list(): Promise<readonly Webhook[]> {
    return this.#parts.outbox.webhooks()
  }

  /** @throws RefusalError `not-found` */
  async find(id: string): Promise<Webhook> {
    const found = (await this.list()).find((webhook) => webhook.id === id)
    if (found === undefined) throw new RefusalError('not-found')
    return found
  }

  /**
   * Keeps a new one, which is told what happens from now on.
   * @throws RefusalError `endpoint-refused`, `bad-request`, `too-many-endpoints`
   */
  async add(wishes: WebhookWishes & { readonly url: string }): Promise<ToldWebhook> {
    const { chance, limits, outbox, wallClock } = this.#parts
    await this.#checkUrl(wishes.url)
    if ((await this.list()).length >= limits.endpoints_max) {
      throw new RefusalError('too-many-endpoints', `${limits.endpoints_max} are the limit.`)
    }
    const secret = this.#secret(wishes.secret ?? null)
    const webhook = {
      id: chance.name(),
      url: wishes.url,
      events: wishes.events ?? [],
      prefix: wishes.prefix ?? undefined,
      secret,
      created: wallClock(),
      disabled: wishes.enabled === false ? byRequest : undefined,
      cursor: await outbox.newest(),
    }
    await outbox.putWebhook(webhook)
    await this.#look()
    return { webhook, secret }
  }

  /**
   * Changes one. A new secret signs beside the one before for a day.
   * @throws RefusalError `not-found`, and as `add`
   */
  async change(id: string, wishes: WebhookWishes): Promise<ToldWebhook> {
    const former = await this.find(id)
    if (wishes.url !== undefined) await this.#checkUrl(wishes.url)
    const secret = wishes.secret === undefined ? undefined : this.#secret(wishes.secret)
    const { enabled, prefix = former.prefix ?? null } = wishes
    const webhook = {
      ...former,
      url: wishes.url ?? former.url,
      events: wishes.events ?? former.events,
      prefix: prefix ?? undefined,
      secret:
        secret === undefined
          ? former.secret
          : rotated(former.secret, secret, this.#parts.wallClock()),
      disabled: enabled === undefined ? former.disabled : enabled ? undefined : byRequest,
    }
    await this.#parts.outbox.putWebhook(webhook)
    await this.#look()
    return { webhook, secret }
  }

  /** Drops one with what it has not taken. @throws RefusalError `not-found` */
  async remove(id: string): Promise<void> {
    if (!(await this.#parts.outbox.dropWebhook(id))) throw new RefusalError('not-found')
    await this.#look()
  }

  /** What was not taken, and lately what was, the newest event first. @throws RefusalError */
  async deliveries(id: string): Promise<readonly PendingDelivery[]> {
    await this.find(id)
    const endpoint = this.#endpoints.get(id)
    await endpoint?.note()
    const open = await this.#parts.outbox.deliveries(id)
    const isOpen = new Set(open.map(({ event }) => event.id))
    const taken = (endpoint?.recent ?? []).filter(({ event }) => !isOpen.has(event.id))
    return [...open, ...taken].toSorted((a, b) => (a.event.id < b.event.id ? 1 : -1))
  }

  /** Has an event told anew. @throws RefusalError `not-found` where it is not kept any more */
  async replay(id: string, eventId: string): Promise<PendingDelivery> {
    const { outbox, wallClock } = this.#parts
    const webhook = await this.find(id)
    const endpoint = this.#endpoints.get(id)
    await endpoint?.note()
    const event = await this.#eventOf(id, eventId)
    const next = wallClock()
    const delivery = { event, attempt: 0, at: undefined, status: undefined, error: undefined, next }
    if (endpoint !== undefined) endpoint.replay(event)
    else await outbox.progress({ ...webhook, webhook: id, keep: [delivery], drop: [] })
    return delivery
  }

  /** Sends a test to one, once. @throws RefusalError `not-found` */
  async test(id: string): Promise<Sent & { readonly id: string; readonly at: number }> {
    const { secret, url } = await this.find(id)
    const at = this.#parts.wallClock()
    const name = this.#parts.chance.name()
    const timestamp = new Date(at).toISOString()
    const body = JSON.stringify({ type: testType, timestamp, data: { id: name, document: null } })
    const letter = { url, secrets: secretsAt(secret, at), id: name, body }
    const sent = await send(this.#parts, letter)
    return { ...sent, at, id: name }
  }

  async #eventOf(webhook: string, id: string): Promise<StoredEvent> {
    const { outbox } = this.#parts
    const open = (await outbox.deliveries(webhook)).find(({ event }) => event.id === id)
    if (open !== undefined) return open.event
    const page = await outbox.after({ after: (eventNumber(id) ?? 0) - 1, limit: 1 })
    const event = page.kind === 'events' ? page.events[0] : undefined
    if (event?.id !== id) throw new RefusalError('not-found', 'This event is not kept any more.')
    return event
  }

  async #checkUrl(text: string): Promise<void> {
    const url = readUrl(text, this.#parts)
    if (typeof url === 'string') throw new RefusalError('endpoint-refused', url)
    const target = await targetOf(url, this.#parts)
    // A name that is not known yet may come to be.
    if (target.kind === 'refused') throw new RefusalError('endpoint-refused', target.reason)
  }

  #secret(given: string | null): string {
    if (given === null) return secretOf(this.#parts.chance.bytes(secretBytes))
    if (isSecret(given)) return given
    const detail = 'secret: Give "whsec_" and 24 to 64 bytes in base64, or leave it out.'
    throw new RefusalError('bad-request', detail)
  }

  #tick(): void {
    const { clock, outbox } = this.#parts
    const since = clock.now() - this.#lookedAt
    if (since >= lookMs && (outbox.lease !== undefined || this.#lookedAt < 0)) {
      this.#look().catch(() => undefined)
    }
    for (const endpoint of this.#endpoints.values()) endpoint.tick()
  }

  /** Looks which there are, and which of them this server tells; one after another. */
  #look(): Promise<void> {
    this.#lookedAt = this.#parts.clock.now()
    this.#looking = this.#looking
      .then(() => this.#lookNow())
      .catch((error: unknown) => {
        if (this.#closed) return
        this.#lookedAt = Number.NEGATIVE_INFINITY
        this.#parts.log.warn('webhooks-unknown', { reason: describeError(error) })
      })
    return this.#looking
  }

  async #lookNow(): Promise<void> {
    const { outbox, pulse } = this.#parts
    const kept = new Map((await outbox.webhooks()).map((webhook) => [webhook.id, webhook]))
    for (const [id, endpoint] of this.#endpoints) {
      const webhook = kept.get(id)
      if (webhook !== undefined && (await this.#holds(id))) endpoint.change(webhook)
      else {
        endpoint.abandon()
        this.#endpoints.delete(id)
      }
    }
    for (const [id, webhook] of kept) {
      if (this.#endpoints.has(id) || this.#closed || !(await this.#holds(id))) continue
      const endpoint = new Endpoint(this.#parts, webhook, await outbox.deliveries(id))
      this.#endpoints.set(id, endpoint)
      endpoint.wake()
    }
    if (this.#endpoints.size > 0) this.#cancelPulse ??= pulse.listen(() => this.#wake())
  }

  async #holds(id: string): Promise<boolean> {
    return (await this.#parts.outbox.lease?.(id, this.#holder, leaseMs)) ?? true
  }

  #wake(): void {
    for (const endpoint of this.#endpoints.values()) endpoint.wake()
  }
}

const byRequest = 'It was disabled by request.'
const testType = 'webhook.test'
