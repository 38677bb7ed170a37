import { expect, test } from 'bun:test'
import { share } from '../../support/share.ts'
import {
  expectFields,
  expectProblem,
  listIn,
  operator,
  Service,
  time,
  tokenFor,
} from './service.ts'

const service = await share(Service.start())
const by = operator

test('CHAT-8: messages are posted and read newest first, by pages', async () => {
  const ann = tokenFor({ room: 'comment' })
  const path = '/documents/room/chat'
  for (const text of ['one', 'two', 'three']) {
    const told = await service.ask('POST', path, { by: ann, json: { text, nonce: `n-${text}` } })
    expect(told.status).toBe(201)
    expectFields(told.json, 'at', 'by', 'nonce', 'seq', 'text')
    expect(told.json).toMatchObject({ text, nonce: `n-${text}` })
    expect(told.json['at']).toMatch(time)
    expect(told.json['by']).toEqual({ id: 'ann', name: 'Ann', color: '#c0392b' })
  }
  const reader = tokenFor({ room: 'read' })
  const all = await service.ask('GET', path, { by: reader })
  expectFields(all.json, 'messages', 'next')
  expect(listIn(all.json, 'messages').map(({ text }) => text)).toEqual(['three', 'two', 'one'])
  expect(all.json['next']).toBeNull()
  const page = await service.ask('GET', `${path}?limit=2`, { by: reader })
  const before = String(page.json['next'])
  expect(before).toBe(String(listIn(page.json, 'messages').at(-1)?.['seq']))
  const rest = await service.ask('GET', `${path}?before=${before}`, { by: reader })
  expect(listIn(rest.json, 'messages').map(({ text }) => text)).toEqual(['one'])
  expectProblem(await service.ask('POST', path, { by: reader, json: { text: 'no' } }), 403)
  expectProblem(await service.ask('POST', path, { by: ann, json: {} }), 400)
  expectProblem(await service.ask('GET', `${path}?limit=101`, { by: reader }), 400)
})

test('API-9: the reference and the health of the server are where they should be', async () => {
  const openapi = await service.ask('GET', '/openapi.json')
  expect(openapi.json).toMatchObject({ openapi: expect.stringMatching(/^3\.1\./) })
  const paths = Object.keys(openapi.json['paths'] as object)
  for (const path of [
    '/documents',
    '/documents/{doc}',
    '/documents/{doc}/content',
    '/documents/{doc}/versions/{version}/restore',
    '/events',
    '/webhooks/{id}/deliveries',
    '/documents/{doc}/chat',
    '/documents/{doc}/comments/{thread}/{comment}',
  ]) {
    expect(paths.some((known) => known.endsWith(path))).toBe(true)
  }
  const page = await service.askAt('GET', '/api')
  expect(page.status).toBe(200)
  expect(page.headers.get('content-type')).toStartWith('text/html')
  expect(page.text).not.toContain('<script')
  for (const path of ['/healthz', '/readyz']) {
    expect((await service.askAt('GET', path)).status).toBe(200)
  }
  const metrics = await service.askAt('GET', '/metrics', { by })
  expect(metrics.headers.get('content-type')).toStartWith('text/plain')
  expect(metrics.text).toContain('# TYPE ')
  expectProblem(await service.askAt('GET', '/metrics'), 401)
})

test('AUTH-8: with an admin token alone everybody else writes, and is never admin', async () => {
  const open = await Service.start([], false)
  const json = { name: 'open', content: 'text', root: 't' }
  expect((await open.ask('POST', '/documents', { json })).status).toBe(201)
  expect((await open.ask('GET', '/documents/open')).status).toBe(200)
  expectProblem(await open.ask('DELETE', '/documents/open'), 403)
  expectProblem(await open.ask('GET', '/documents'), 403)
  expect((await open.ask('DELETE', '/documents/open', { by })).status).toBe(204)
  await open.close()
  const readers = await Service.start(['--allow-anonymous', 'read'], false)
  expectProblem(await readers.ask('POST', '/documents', { json }), 403)
  await readers.make('open', 'text')
  expect((await readers.ask('GET', '/documents/open/content?format=text')).text).toBe('text')
  await readers.close()
})
