import { expect, test } from 'bun:test'
import { createHmac } from 'node:crypto'
import { share } from '../../support/share.ts'
import { until } from '../../support/harness/wait.ts'
import {
  expectFields,
  expectProblem,
  type Json,
  listIn,
  operator,
  Service,
  time,
  tokenFor,
} from './service.ts'

const service = await share(Service.start(['--webhooks-allow-private']))
const by = operator

function expectEvent(event: Json | undefined): void {
  expectFields(event, 'data', 'document', 'id', 'time', 'type')
  expect(event?.['time']).toMatch(time)
}

test('EVENT-3: what happened is told by pages, by document and by type', async () => {
  await service.make('e', 'text')
  await service.ask('POST', '/documents/e/versions', { by, json: { name: 'v' } })
  await service.ask('DELETE', '/documents/e', { by })
  await service.ask('POST', '/documents/e/undelete', { by })
  await service.ask('DELETE', '/documents/e', { by })
  await service.ask('POST', '/documents/e/purge', { by })
  const types =
    'document.created,version.created,document.deleted,document.undeleted,document.purged'
  const path = `/events?document=e&types=${types}&limit=100`
  const told = await service.ask('GET', path, { by })
  expectFields(told.json, 'events', 'next')
  const events = listIn(told.json, 'events')
  events.forEach(expectEvent)
  const kinds = events.map(({ type }) => type)
  expect(kinds).toEqual(
    expect.arrayContaining([
      'document.created',
      'version.created',
      'document.deleted',
      'document.undeleted',
      'document.purged',
    ]),
  )
  const [first, second] = events
  const after = await service.ask('GET', `${path}&after=${String(first?.['id'])}`, { by })
  expect(listIn(after.json, 'events')[0]).toEqual(second)
  const page = await service.ask('GET', '/events?limit=1', { by })
  expect(listIn(page.json, 'events')).toHaveLength(1)
  expect(typeof page.json['next']).toBe('string')
  const next = await service.ask('GET', `/events?limit=1&after=${String(page.json['next'])}`, {
    by,
  })
  expect(next.status).toBe(200)
  expectProblem(await service.ask('GET', '/events?types=strange', { by }), 400)
  expectProblem(await service.ask('GET', '/events?after=strange', { by }), 400)
  expectProblem(await service.ask('GET', '/events?limit=101', { by }), 400)
  expectProblem(await service.ask('GET', '/events', { by: tokenFor({ '*': 'write' }) }), 403)
  expectProblem(await service.ask('GET', '/events'), 401)
})

test('EVENT-4: a stream goes on after the last event that its reader has', async () => {
  await service.make('streamed')
  const before = await service.ask('GET', '/events?limit=100', { by })
  const last = String(listIn(before.json, 'events').at(-1)?.['id'])
  await service.make('streamed-2')
  const stop = new AbortController()
  const answer = await fetch(`${service.http}/api/v1/events`, {
    headers: { accept: 'text/event-stream', authorization: `Bearer ${by}`, 'last-event-id': last },
    signal: stop.signal,
  })
  expect(answer.status).toBe(200)
  expect(answer.headers.get('content-type')).toStartWith('text/event-stream')
  let heard = ''
  const reading = (async () => {
    for await (const chunk of answer.body ?? []) heard += new TextDecoder().decode(chunk)
  })().catch(() => undefined)
  const socket = new WebSocket(
    `${service.socket}/ws/streamed?token=${tokenFor({ streamed: 'read' })}`,
  )
  await until('both came', () => heard.includes('streamed-2') && heard.includes('session.joined'))
  socket.close()
  await until('it left', () => heard.includes('session.left'))
  const event = heard.split('\n\n').find((one) => one.includes('streamed-2')) ?? ''
  expect(event).toMatch(/^id: ?\S+$/m)
  const data = /^data: ?(.*)$/m.exec(event)?.[1] ?? '{}'
  expectEvent(JSON.parse(data) as Json)
  stop.abort()
  await reading
})

test('EVENT-9: a webhook is told as Standard Webhooks has it, and its secret once', async () => {
  const got: { readonly headers: Headers; readonly body: string }[] = []
  const receiver = Bun.serve({
    port: 0,
    async fetch(request) {
      got.push({ headers: request.headers, body: await request.text() })
      return new Response()
    },
  })
  const url = `http://127.0.0.1:${receiver.port}/hook`
  const json = { url, events: ['document.created'], documents: 'hooked/' }
  const made = await service.ask('POST', '/webhooks', { by, json })
  expect(made.status).toBe(201)
  const { id, secret } = made.json
  expect(made.json).toMatchObject(json)
  expect(secret).toMatch(/^whsec_/)
  const listed = await service.ask('GET', '/webhooks', { by })
  expect(listed.text).not.toContain(String(secret))
  const one = await service.ask('GET', `/webhooks/${String(id)}`, { by })
  expect(one.status).toBe(200)
  expect(one.json).not.toHaveProperty('secret')
  await service.make('other')
  await service.make('hooked/1')
  await until('it was told', () => got.length === 1)
  const [{ body, headers } = { body: '', headers: new Headers() }] = got
  const event = JSON.parse(body) as Json
  expectFields(event, 'data', 'timestamp', 'type')
  expect(event).toMatchObject({ type: 'document.created', data: { document: 'hooked/1' } })
  expect((event['data'] as Json)['id']).toBe(headers.get('webhook-id'))
  const key = Buffer.from(String(secret).slice('whsec_'.length), 'base64')
  const signed = `${headers.get('webhook-id')}.${headers.get('webhook-timestamp')}.${body}`
  const signature = createHmac('sha256', key).update(signed).digest('base64')
  expect(headers.get('webhook-signature')).toContain(`v1,${signature}`)
  const path = `/webhooks/${String(id)}`
  await until('it is noted', async () => {
    const noted = await service.ask('GET', `${path}/deliveries`, { by })
    return listIn(noted.json, 'deliveries').length > 0
  })
  const deliveries = await service.ask('GET', `${path}/deliveries`, { by })
  const [delivery] = listIn(deliveries.json, 'deliveries')
  expectFields(delivery, 'at', 'attempt', 'error', 'event', 'id', 'next', 'status')
  expect(delivery).toMatchObject({ status: 200, error: null, next: null })
  const replay = `${path}/deliveries/${String(delivery?.['id'])}/replay`
  expect((await service.ask('POST', replay, { by })).status).toBe(202)
  await until('it was told again', () => got.length === 2)
  const tested = await service.ask('POST', `${path}/test`, { by })
  expect(tested.json).toMatchObject({ status: 200, error: null })
  const changed = await service.ask('PATCH', path, { by, json: { events: [] } })
  expect(changed.json).toMatchObject({ id, events: [] })
  expect((await service.ask('DELETE', path, { by })).status).toBe(204)
  expectProblem(await service.ask('GET', path, { by }), 404)
  expectProblem(await service.ask('DELETE', path, { by }), 404)
  expectProblem(await service.ask('GET', '/webhooks', { by: tokenFor({ 'a/*': 'admin' }) }), 403)
  await receiver.stop(true)
})
