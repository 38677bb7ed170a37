import { createHmac } from 'node:crypto'

/** One request as a receiver of webhooks got it. */
export interface Received {
  readonly id: string
  readonly type: string
  readonly document: string
  readonly body: string
  readonly headers: Headers
}

/** An endpoint that is told of events, on a port of this machine. */
export interface Receiver {
  readonly url: string
  readonly received: readonly Received[]
  stop(): Promise<void>
}

/** How it answers; the requests before this one are `received`. */
export type Answering = (
  one: Received,
  received: readonly Received[],
) => Response | Promise<Response>

export function startReceiver(answer: Answering = () => new Response(), port = 0): Receiver {
  const received: Received[] = []
  const server = Bun.serve({
    hostname: '127.0.0.1',
    port,
    idleTimeout: 60,
    reusePort: false,
    async fetch(request) {
      const body = await request.text()
      const { data, type } = JSON.parse(body) as {
        type: string
        data: { id: string; document: string }
      }
      const one = { id: data.id, document: data.document, type, body, headers: request.headers }
      const before = [...received]
      received.push(one)
      return answer(one, before)
    },
  })
  return {
    url: `http://127.0.0.1:${server.port}/hook?key=1`,
    received,
    stop: () => server.stop(true),
  }
}

/** Checks a delivery as a receiver does, by the words of Standard Webhooks. */
export function isSigned({ body, headers }: Received, secret: string): boolean {
  const key = Buffer.from(secret.slice('whsec_'.length), 'base64')
  const signed = `${headers.get('webhook-id')}.${headers.get('webhook-timestamp')}.${body}`
  const expected = `v1,${createHmac('sha256', key).update(signed).digest('base64')}`
  return headers.get('webhook-signature')?.split(' ').includes(expected) ?? false
}

/** How a server refuses to keep a webhook: status and code. */
export async function refusal(
  { http }: { readonly http: string },
  body: unknown,
): Promise<readonly [number, string]> {
  const request = { method: 'POST', body: JSON.stringify(body) }
  const answer = await fetch(`${http}/api/v1/webhooks`, request)
  return [answer.status, ((await answer.json()) as { code: string }).code]
}
