import { expect, test } from 'bun:test'
import { z } from 'zod'
import { jsonBody, noBody } from '../../../src/http/body.ts'
import { type Method, route } from '../../../src/http/route.ts'
import { Router } from '../../../src/http/router.ts'
import { noQuery, readBySchema, readQuery } from '../../../src/http/schema.ts'

function row(method: Method, path: string) {
  return route({
    method,
    path,
    summary: `${method} ${path}`,
    access: 'read',
    query: noQuery,
    body: noBody,
    answers: {},
    handler: () => new Response(),
  })
}

const router = new Router([
  row('GET', '/documents'),
  row('POST', '/documents'),
  row('GET', '/documents/:doc'),
  row('DELETE', '/documents/:doc'),
  row('GET', '/documents/:doc/versions/:id'),
  row('GET', '/documents/:doc/versions/latest'),
  row('POST', '/documents/:doc*/revoke'),
])

function found(method: string, path: string): unknown {
  const answer = router.find(method, path)
  if (answer.kind === 'route') return [answer.route.summary, { ...answer.params }]
  return answer.kind === 'method' ? answer.allow.join(' ') : answer.kind
}

test('HTTP-1: a name is one segment, split before it is decoded', () => {
  expect(found('GET', '/documents/a%2Fb')).toEqual(['GET /documents/:doc', { doc: 'a/b' }])
  expect(found('GET', '/documents/50%')).toEqual(['GET /documents/:doc', { doc: '50%' }])
  expect(found('GET', '/documents/a/b')).toBe('nothing')
  expect(found('GET', '/documents/')).toBe('nothing')
  expect(() => router.find('GET', '/documents/%ff')).toThrow('not valid percent-encoded')
  expect(() => router.find('GET', '/documents/a/versions/%ff')).toThrow('not valid percent-encoded')
  expect(found('GET', '/documents/__proto__')).toEqual([
    'GET /documents/:doc',
    { doc: '__proto__' },
  ])
})

test('HTTP-1: a word goes before a parameter, and a parameter may take many segments', () => {
  expect(found('GET', '/documents/a/versions/latest')).toEqual([
    'GET /documents/:doc/versions/latest',
    { doc: 'a' },
  ])
  expect(found('GET', '/documents/a/versions/7')).toEqual([
    'GET /documents/:doc/versions/:id',
    { doc: 'a', id: '7' },
  ])
  expect(found('POST', '/documents/a/b/revoke')).toEqual([
    'POST /documents/:doc*/revoke',
    { doc: 'a/b' },
  ])
})

test('HTTP-2: HEAD comes with GET; what a path does not take is answered with what it does', () => {
  expect(found('HEAD', '/documents')).toEqual(['GET /documents', {}])
  expect(found('PUT', '/documents')).toBe('HEAD GET POST OPTIONS')
  expect(found('HEAD', '/documents/a/revoke')).toBe('POST OPTIONS')
})

test('HTTP-3: what is wrong with a query or a body is named', () => {
  const schema = z.strictObject({ limit: z.coerce.number().int().max(100).optional() })
  expect(() => readQuery(schema, new URLSearchParams('limit=1000'))).toThrow('limit: Too big')
  expect(() => readQuery(schema, new URLSearchParams('more=1'))).toThrow('"more"')
  expect(() => readQuery(schema, new URLSearchParams('limit=1&limit=2'))).toThrow('given twice')
  expect(readQuery(schema, new URLSearchParams('limit=7&token=x'))).toEqual({ limit: 7 })
  expect(() => readBySchema(z.strictObject({ a: z.string() }), { a: 1 })).toThrow('a: ')
})

test('HTTP-3: a body of JSON is read strictly, and none counts as an empty object', () => {
  const body = jsonBody(z.strictObject({ id: z.string().optional() }))
  const read = (type: string, text: string): unknown =>
    body.read({ type, bytes: new TextEncoder().encode(text) })
  expect(read('application/json', '{"id":"x"}')).toEqual({ id: 'x' })
  expect(read('', '')).toEqual({})
  expect(() => read('text/plain', '{}')).toThrow('send application/json')
  expect(() => read('application/json', '{')).toThrow('not JSON')
  expect(() => body.read({ type: '', bytes: Uint8Array.of(0x22, 0xff, 0x22) })).toThrow('not JSON')
})
