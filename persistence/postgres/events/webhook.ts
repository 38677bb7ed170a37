import type { Webhook } from '../../outbox.ts'

export interface WebhookRow {
  readonly id: string
  readonly told: string
  readonly created: string
  readonly disabled: string | null
  readonly cursor: string
}

/** What of a webhook is not looked for in SQL. */
export function toldOfWebhook({
  events,
  prefix,
  secret,
  url,
}: Pick<Webhook, 'events' | 'prefix' | 'secret' | 'url'>): string {
  return JSON.stringify({ url, events, prefix, secret })
}

export function webhookOf({ created, cursor, disabled, id, told }: WebhookRow): Webhook {
  const given: unknown = JSON.parse(told)
  const of = (name: string): unknown =>
    typeof given === 'object' && given !== null ? Reflect.get(given, name) : undefined
  const events = of('events')
  const prefix = of('prefix')
  return {
    id,
    url: String(of('url')),
    events: Array.isArray(events) ? events.map(String) : [],
    prefix: typeof prefix === 'string' ? prefix : undefined,
    secret: String(of('secret')),
    created: Number(created),
    disabled: disabled ?? undefined,
    cursor: Number(cursor),
  }
}
