import { afterEach, beforeEach, expect, test } from 'bun:test'
import { freshDirectory, type ServerProcess, startProcess } from '../../support/harness/process.ts'
import { until } from '../../support/harness/wait.ts'
import { listen } from '../../source/events/listener.ts'
import { isSigned, type Received, startReceiver } from '../../source/events/receiver.ts'

const patienceMs = 120_000

let data: Awaited<ReturnType<typeof freshDirectory>>
let server: ServerProcess

beforeEach(async () => {
  data = await freshDirectory()
})
afterEach(async () => {
  await server.end('SIGKILL')
  await data.remove()
})

async function start(...flags: readonly string[]): Promise<void> {
  server = await startProcess(data.path, server?.port ?? 0, [
    '--webhooks-allow-private',
    '--delivery-ms-max',
    '300ms',
    ...flags,
  ])
}

async function kill(): Promise<void> {
  await server.end('SIGKILL')
}

async function post<Body>(path: string, body: object): Promise<Body> {
  const request = { method: 'POST', body: JSON.stringify(body) }
  const answer = await fetch(`${server.http}/api/v1${path}`, request)
  expect(answer.status).toBe(201)
  return (await answer.json()) as Body
}

/** Ids of all events that were stored, by document. */
async function stored(): Promise<ReadonlyMap<string, readonly string[]>> {
  const found = new Map<string, string[]>()
  let next: string | null = ''
  while (next !== null) {
    const answer: Response = await fetch(`${server.http}/api/v1/events?limit=100&after=${next}`)
    const page = (await answer.json()) as {
      events: { id: string; document: string }[]
      next: string | null
    }
    for (const { document, id } of page.events) {
      found.set(document, [...(found.get(document) ?? []), id])
    }
    next = page.next
  }
  return found
}

/** Ids in the order in which they came first, by document. */
function firsts(received: readonly Received[]): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, string[]>()
  for (const { document, id } of received) {
    const ids = found.get(document) ?? []
    if (!ids.includes(id)) found.set(document, [...ids, id])
  }
  return found
}

test(
  'EVENT-12: what a receiver that is down has not taken comes after kill -9, signed',
  async () => {
    await start()
    const down = startReceiver()
    const port = Number(new URL(down.url).port)
    await down.stop()
    const { id, secret } = await post<{ id: string; secret: string }>('/webhooks', {
      url: down.url,
    })
    for (const name of ['a', 'b', 'c']) await post('/documents', { name })
    await until('it was tried', async () => {
      const answer = await fetch(`${server.http}/api/v1/webhooks/${id}/deliveries`)
      const { deliveries } = (await answer.json()) as { deliveries: { attempt: number }[] }
      return deliveries.length === 3 && deliveries.every(({ attempt }) => attempt >= 1)
    })
    await kill()
    const up = startReceiver(undefined, port)
    await start()
    await until('all came', () => firsts(up.received).size === 3, patienceMs)
    expect(firsts(up.received)).toEqual(await stored())
    expect(up.received.every((one) => isSigned(one, secret))).toBe(true)
    await up.stop()
  },
  patienceMs,
)

test(
  'EVENT-12: through kill after kill every event comes, in the order of its document',
  async () => {
    await start()
    // Slow now and then, lying now and then: a redirect, a failure, a 200 that comes too late.
    const receiver = startReceiver(async ({ id }, before) => {
      const isFirst = before.every((one) => one.id !== id)
      if (isFirst && Number(id) % 7 === 0) return Response.redirect('http://127.0.0.1:1/', 302)
      if (isFirst && Number(id) % 11 === 0) return new Response(null, { status: 500 })
      if (isFirst && Number(id) % 13 === 0) await Bun.sleep(500)
      return new Response()
    })
    await post('/webhooks', { url: receiver.url, events: ['document.created', 'version.created'] })
    for (let round = 0; round < 3; round++) {
      for (let index = 0; index < 8; index++) {
        const name = `${round}-${index}`
        await post('/documents', { name, content: 'text', root: 't' })
        await post(`/documents/${name}/versions`, { name: 'first' })
        await post(`/documents/${name}/versions`, { name: 'second' })
      }
      await kill()
      await start()
    }
    const expected = new Map(
      [...(await stored())].map(([document, ids]) => [document, ids.slice(0, 3)]),
    )
    const complete = (): boolean =>
      [...firsts(receiver.received).values()].filter((ids) => ids.length >= 3).length === 24
    await until('all came', complete, patienceMs)
    expect(expected.size).toBe(24)
    const came = [...firsts(receiver.received)].map(([name, ids]) => [name, ids.slice(0, 3)])
    expect(new Map(came as [string, string[]][])).toEqual(expected)
    await receiver.stop()
  },
  2 * patienceMs,
)

test(
  'EVENT-2: a change that was not told before kill -9 is told at the next start',
  async () => {
    const late = ['--event-quiet-ms', '10m', '--event-interval-ms', '10m']
    await start(...late)
    const receiver = startReceiver()
    await post('/webhooks', { url: receiver.url, events: ['document.changed'] })
    await post('/documents', { name: 'notes', content: 'text', root: 't' })
    await kill()
    await start(...late)
    // Whoever answers late is told again.
    await until('it is told', () => receiver.received.length > 0, patienceMs)
    expect(receiver.received[0]).toMatchObject({ document: 'notes', type: 'document.changed' })
    await receiver.stop()
  },
  patienceMs,
)

test(
  'EVENT-4: a quiet stream is not cut, and one that was goes on after kill -9',
  async () => {
    const short = ['--request-idle-ms-max', '1s']
    await start(...short)
    const url = (): string => `${server.http}/api/v1/events?types=document.created`
    const first = await listen(url())
    // Longer than any other request may stand still.
    await Bun.sleep(2_500)
    await post('/documents', { name: 'a' })
    await until('it is heard', () => first.heard.length === 1)
    await post('/documents', { name: 'b' })
    await kill()
    await first.ended
    await start(...short)
    await post('/documents', { name: 'c' })
    const again = await listen(url(), { after: first.heard[0]?.id ?? '' })
    await until('the rest is heard', () => again.heard.length === 2)
    expect(again.heard.map(({ event }) => event.document)).toEqual(['b', 'c'])
    again.end()
  },
  patienceMs,
)
