import { afterAll, beforeAll, expect, test } from 'bun:test'
import { createMemoryStore } from '../../../persistence/memory/store.ts'
import { anonymous } from '../../../src/auth/anonymous.ts'
import { startServer, type TestServer } from '../../support/harness/server.ts'
import { until } from '../../support/harness/wait.ts'
import { type Answering, isSigned, type Receiver, refusal, startReceiver } from './receiver.ts'

let server: TestServer
let wall = 0

beforeAll(() => {
  const options = { authority: anonymous('admin'), webhooksAllowPrivate: true }
  const wallClock = (): number => Date.now() + wall
  server = startServer({ delivery_ms_max: 2_000 }, createMemoryStore(), { ...options, wallClock })
})
afterAll(async () => {
  await server.stop()
})

interface Hook {
  readonly id: string
  readonly secret: string
  readonly enabled: boolean
  readonly disabled: string | null
}

interface Delivery {
  readonly id: string
  readonly attempt: number
  readonly at: string | null
  readonly status: number | null
  readonly error: string | null
  readonly next: string | null
}

async function ask<Body>(method: string, path: string, body?: unknown): Promise<Body> {
  const text = body === undefined ? {} : { body: JSON.stringify(body) }
  const answer = await fetch(`${server.http}/api/v1${path}`, { method, ...text })
  expect(answer.status).toBeLessThan(300)
  return (answer.status === 204 ? undefined : await answer.json()) as Body
}

function hook(url: string, documents: string, more: object = {}): Promise<Hook> {
  return ask<Hook>('POST', '/webhooks', { url, documents, ...more })
}

async function deliveries({ id }: Hook): Promise<readonly Delivery[]> {
  return (await ask<{ deliveries: Delivery[] }>('GET', `/webhooks/${id}/deliveries`)).deliveries
}

/** A receiver with its webhook, for one test. */
async function told(
  documents: string,
  answer?: Answering,
): Promise<{ readonly receiver: Receiver; readonly mine: Hook; end(): Promise<void> }> {
  const receiver = startReceiver(answer)
  const mine = await hook(receiver.url, documents)
  return {
    receiver,
    mine,
    async end() {
      await ask('DELETE', `/webhooks/${mine.id}`)
      await receiver.stop()
    },
  }
}

test('EVENT-8: a webhook is made, told without its secret, changed and removed', async () => {
  const receiver = startReceiver()
  const made = await hook(receiver.url, 'kept/', { events: ['document.created'] })
  expect(made.secret).toStartWith('whsec_')
  const kept = await ask<Hook>('GET', `/webhooks/${made.id}`)
  expect({ ...kept, secret: made.secret }).toEqual(made)
  expect(kept.secret).toBeUndefined()
  expect(kept).toMatchObject({ url: receiver.url, documents: 'kept/', enabled: true })
  const listed = await ask<{ webhooks: Hook[] }>('GET', '/webhooks')
  expect(listed.webhooks).toContainEqual(kept)
  const changed = await ask('PATCH', `/webhooks/${made.id}`, { events: [], documents: null })
  expect(changed).toMatchObject({ events: [], documents: null, url: receiver.url })
  await ask('DELETE', `/webhooks/${made.id}`)
  const gone = await fetch(`${server.http}/api/v1/webhooks/${made.id}`)
  expect(gone.status).toBe(404)
  await receiver.stop()
})

test('EVENT-8: what cannot be a webhook is refused in words', async () => {
  expect(await refusal(server, { url: 'nothing' })).toEqual([422, 'endpoint-refused'])
  expect(await refusal(server, { url: 'https://a.example', secret: 'short' })).toEqual([
    400,
    'bad-request',
  ])
  const session = { url: 'https://a.example', events: ['session.joined'] }
  expect(await refusal(server, session)).toEqual([400, 'bad-request'])
})

test('EVENT-9: a delivery is signed, and names the event at each attempt', async () => {
  const { end, mine, receiver } = await told('signed/', (_, before) =>
    before.length === 0 ? new Response(null, { status: 500 }) : new Response(),
  )
  await ask('POST', '/documents', { name: 'signed/a' })
  await until('it is tried again', () => receiver.received.length === 2)
  const [first, second] = receiver.received
  if (first === undefined || second === undefined) throw new Error('nothing came')
  expect(isSigned(first, mine.secret)).toBe(true)
  expect(isSigned(second, mine.secret)).toBe(true)
  expect(first.headers.get('webhook-id')).toBe(first.id)
  expect(second.body).toBe(first.body)
  const [seconds, later] = [first, second].map(({ headers }) =>
    Number(headers.get('webhook-timestamp')),
  )
  expect((later ?? 0) - (seconds ?? 0)).toBeGreaterThanOrEqual(5)
  expect(JSON.parse(first.body)).toEqual({
    type: 'document.created',
    timestamp: expect.stringMatching(/Z$/),
    data: { id: first.id, document: 'signed/a' },
  })
  await end()
}, 120_000)

test('EVENT-9: after its secret is changed a webhook is signed by both', async () => {
  const { end, mine, receiver } = await told('rotated/')
  const next = await ask<Hook>('PATCH', `/webhooks/${mine.id}`, { secret: null })
  await ask('POST', '/documents', { name: 'rotated/a' })
  await until('it came', () => receiver.received.length === 1)
  const [one] = receiver.received
  if (one === undefined) throw new Error('nothing came')
  expect(next.secret).not.toBe(mine.secret)
  expect([isSigned(one, mine.secret), isSigned(one, next.secret)]).toEqual([true, true])
  await end()
})

const lies: readonly (readonly [string, Answering, number | null, RegExp])[] = [
  ['refuses', () => new Response(null, { status: 500 }), 500, /answered 500/],
  ['sends elsewhere', () => Response.redirect('http://127.0.0.1:1/', 307), 307, /not followed/],
  ['is late', () => Bun.sleep(4_000).then(() => new Response()), null, /within 2 s/],
]

for (const [what, answer, status, error] of lies) {
  test(`EVENT-10: a receiver that ${what} has not taken a delivery`, async () => {
    const { end, mine, receiver } = await told(`lies/${what}/`, answer)
    const begun = performance.now()
    await ask('POST', '/documents', { name: `lies/${what}/a` })
    await until('it has failed', async () => (await deliveries(mine))[0]?.attempt === 1)
    const [failed] = await deliveries(mine)
    expect(failed).toMatchObject({ attempt: 1, status, error: expect.stringMatching(error) })
    const wait = Date.parse(failed?.next ?? '') - Date.parse(failed?.at ?? '')
    // From the attempt's beginning; what the receiver took of that is not part of the pause.
    const took = performance.now() - begun
    expect(wait).toBeWithin(5_000, 7_500 + took)
    expect(receiver.received).toHaveLength(1)
    await end()
  })
}

test('EVENT-10: a receiver that is away, or answers without end, holds up nothing', async () => {
  const stopped = startReceiver()
  await stopped.stop()
  const away = await hook(stopped.url, 'away/')
  const endless = await told('endless/', () => {
    const body = new ReadableStream({
      pull: (controller) => controller.enqueue(new Uint8Array(65_536)),
    })
    return new Response(body)
  })
  await ask('POST', '/documents', { name: 'away/a' })
  await ask('POST', '/documents', { name: 'endless/a' })
  await until('one failed', async () => (await deliveries(away))[0]?.attempt === 1)
  await until('the other was taken', async () => {
    const [taken] = await deliveries(endless.mine)
    return taken?.status === 200 && taken.error === null
  })
  await ask('DELETE', `/webhooks/${away.id}`)
  await endless.end()
})

test('EVENT-13: who answers 410 is told nothing until it is enabled again', async () => {
  const state = { status: 410 }
  const answer = (): Response => new Response(null, { status: state.status })
  const { end, mine, receiver } = await told('gone/', answer)
  await ask('POST', '/documents', { name: 'gone/a' })
  await until('it is disabled', async () => {
    const { disabled } = await ask<Hook>('GET', `/webhooks/${mine.id}`)
    return /410/.test(disabled ?? '')
  })
  await ask('POST', '/documents', { name: 'gone/b' })
  state.status = 204
  wall += 10_000
  await ask('PATCH', `/webhooks/${mine.id}`, { enabled: true })
  await until('it goes on', () => receiver.received.length === 3)
  expect(receiver.received.map(({ document }) => document).toSorted()).toEqual([
    'gone/a',
    'gone/a',
    'gone/b',
  ])
  await end()
})

test('EVENT-13: who takes nothing for three days is disabled', async () => {
  const { end, mine, receiver } = await told('dead/', () => new Response(null, { status: 503 }))
  await ask('POST', '/documents', { name: 'dead/a' })
  for (let attempt = 1; attempt <= 10; attempt++) {
    await until(`attempt ${attempt}`, async () => {
      const [delivery] = await deliveries(mine)
      return delivery?.attempt === attempt
    })
    wall += 30 * 3_600_000
  }
  const [given] = await deliveries(mine)
  expect(given).toMatchObject({ attempt: 10, next: null, status: 503 })
  await until('it is disabled', async () => {
    const { disabled } = await ask<Hook>('GET', `/webhooks/${mine.id}`)
    return /three days/.test(disabled ?? '')
  })
  expect(receiver.received).toHaveLength(10)
  expect(server.metrics.deliveriesDead).toBe(1)
  await end()
}, 60_000)

test('EVENT-14: what was taken can be delivered again, and a test be sent', async () => {
  const { end, mine, receiver } = await told('again/')
  await ask('POST', '/documents', { name: 'again/a' })
  await until('it is taken', async () => (await deliveries(mine))[0]?.status === 200)
  const [taken] = await deliveries(mine)
  await ask('POST', `/webhooks/${mine.id}/deliveries/${taken?.id}/replay`)
  await until('it came again', () => receiver.received.length === 2)
  expect(receiver.received[1]?.id).toBe(receiver.received[0]?.id ?? '')
  const tested = await ask('POST', `/webhooks/${mine.id}/test`)
  expect(tested).toMatchObject({ status: 200, error: null })
  expect(receiver.received[2]?.type).toBe('webhook.test')
  const unknown = `${server.http}/api/v1/webhooks/${mine.id}/deliveries/000000000999999/replay`
  expect((await fetch(unknown, { method: 'POST' })).status).toBe(404)
  await end()
})
