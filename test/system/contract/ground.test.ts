import { beforeAll, expect, test } from 'bun:test'
import { connect } from 'node:net'
import { share } from '../../support/share.ts'
import { expectProblem, jsonType, operator, Service, tokenFor } from './service.ts'

const service = await share(Service.start(['--content-body-bytes-max', '64KiB']))
beforeAll(async () => {
  await service.make('a/b', 'text')
})

const all = tokenFor({ '*': 'admin' })

test('HTTP-2: HEAD comes with every GET, and tells the same', async () => {
  const { ask } = { ask: service.ask.bind(service) }
  const version = await ask('POST', '/documents/a%2Fb/versions', { by: all })
  const id = String(version.json['id'])
  const paths = [
    '/documents',
    '/documents/a%2Fb',
    '/documents/a%2Fb/content?format=text&root=t',
    '/documents/a%2Fb/content',
    '/documents/a%2Fb/sessions',
    '/documents/a%2Fb/versions',
    `/documents/a%2Fb/versions/${id}`,
    `/documents/a%2Fb/versions/${id}/content?format=text`,
    `/documents/a%2Fb/versions/${id}/diff/now`,
    '/documents/a%2Fb/attribution',
    '/documents/a%2Fb/chat',
    '/documents/a%2Fb/chat/reading',
    '/documents/a%2Fb/comments',
    '/events',
    '/webhooks',
    '/openapi.json',
  ]
  for (const path of paths) {
    const [got, head] = [await ask('GET', path, { by: all }), await ask('HEAD', path, { by: all })]
    expect({ path, status: got.status }).toEqual({ path, status: 200 })
    expect({ path, status: head.status, text: head.text }).toEqual({ path, status: 200, text: '' })
    for (const header of ['content-type', 'etag']) {
      expect(head.headers.get(header)).toBe(got.headers.get(header))
    }
    // What is told of a length is that of the answer to GET.
    const length = head.headers.get('content-length')
    if (length !== null) expect(Number(length)).toBe(got.bytes)
  }
  for (const path of ['/api', '/healthz', '/readyz', '/metrics']) {
    const head = await service.askAt('HEAD', path, { by: operator })
    expect({ path, status: head.status, text: head.text }).toEqual({ path, status: 200, text: '' })
  }
  // A refusal has no body either.
  const missing = await ask('HEAD', '/documents/nowhere', { by: all })
  expect([missing.status, missing.text]).toEqual([404, ''])
})

test('HTTP-2: OPTIONS and 405 tell what a path takes', async () => {
  const takes: Readonly<Record<string, string>> = {
    '/documents': 'GET HEAD OPTIONS POST',
    '/documents/a%2Fb': 'DELETE GET HEAD OPTIONS',
    '/documents/a%2Fb/undelete': 'OPTIONS POST',
    '/documents/a%2Fb/purge': 'OPTIONS POST',
    '/documents/a%2Fb/clone': 'OPTIONS POST',
    '/documents/a%2Fb/sessions': 'GET HEAD OPTIONS',
    '/documents/a%2Fb/broadcast': 'OPTIONS POST',
    '/documents/a%2Fb/revoke': 'OPTIONS POST',
    '/revoke': 'OPTIONS POST',
    '/documents/a%2Fb/content': 'GET HEAD OPTIONS PATCH PUT',
    '/documents/a%2Fb/versions': 'GET HEAD OPTIONS POST',
    '/documents/a%2Fb/versions/1': 'DELETE GET HEAD OPTIONS PATCH',
    '/documents/a%2Fb/versions/1/content': 'GET HEAD OPTIONS',
    '/documents/a%2Fb/versions/1/diff/2': 'GET HEAD OPTIONS',
    '/documents/a%2Fb/versions/1/restore': 'OPTIONS POST',
    '/documents/a%2Fb/attribution': 'GET HEAD OPTIONS',
    '/documents/a%2Fb/chat': 'GET HEAD OPTIONS POST',
    '/documents/a%2Fb/chat/1': 'DELETE OPTIONS PATCH',
    '/documents/a%2Fb/chat/reading': 'GET HEAD OPTIONS PUT',
    '/documents/a%2Fb/comments': 'GET HEAD OPTIONS POST',
    '/documents/a%2Fb/comments/1': 'OPTIONS PATCH POST',
    '/documents/a%2Fb/comments/1/2': 'DELETE OPTIONS PATCH',
    '/documents/a%2Fb/comments/1/2/reactions/x': 'DELETE OPTIONS PUT',
    '/events': 'GET HEAD OPTIONS',
    '/webhooks': 'GET HEAD OPTIONS POST',
    '/webhooks/1': 'DELETE GET HEAD OPTIONS PATCH',
    '/webhooks/1/deliveries': 'GET HEAD OPTIONS',
    '/webhooks/1/deliveries/2/replay': 'OPTIONS POST',
    '/webhooks/1/test': 'OPTIONS POST',
    '/openapi.json': 'GET HEAD OPTIONS',
  }
  for (const [path, wanted] of Object.entries(takes)) {
    const options = await service.ask('OPTIONS', path)
    const allowed = options.headers.get('allow')?.split(', ').toSorted().join(' ')
    expect({ path, status: options.status, allowed }).toEqual({
      path,
      status: 204,
      allowed: wanted,
    })
    const strange = await service.ask('TRACE', path, { by: all }).catch(() => undefined)
    if (strange !== undefined) expect(strange.status).toBe(405)
    const method = ['PUT', 'DELETE', 'POST'].find((one) => !wanted.includes(one)) ?? ''
    const refused = await service.ask(method, path, { by: all })
    expectProblem(refused, 405, 'method-not-allowed')
    expect(refused.headers.get('allow')).toBe(options.headers.get('allow'))
  }
})

test('HTTP-5: a refusal is problem details, whatever refuses', async () => {
  expectProblem(await service.ask('GET', '/documents/nowhere', { by: all }), 404, 'not-found')
  expectProblem(await service.ask('GET', '/no/such/path', { by: all }), 404, 'not-found')
  expectProblem(await service.ask('GET', '/documents/a%2Fb'), 401, 'token-needed')
  expectProblem(await service.ask('GET', '/documents/a%2Fb', { by: 'no token' }), 401)
  const reader = tokenFor({ 'a/b': 'read' })
  const put = { by: reader, body: 'x', type: 'text/plain' }
  const refused = await service.ask('PUT', '/documents/a%2Fb/content', put)
  expectProblem(refused, 403, 'permission-denied')
  const bad = { by: all, body: '{', type: 'application/json' }
  expectProblem(await service.ask('POST', '/documents', bad), 400, 'bad-request')
  const typed = { by: all, body: '{}', type: 'text/plain' }
  expectProblem(await service.ask('POST', '/documents', typed), 415, 'unsupported-type')
})

test('HTTP-3: what is unknown in a request is refused by its name', async () => {
  const posts = [
    '/documents',
    '/documents/a%2Fb/undelete',
    '/documents/a%2Fb/purge',
    '/documents/a%2Fb/clone',
    '/documents/a%2Fb/broadcast',
    '/documents/a%2Fb/revoke',
    '/revoke',
    '/documents/a%2Fb/versions',
    '/documents/a%2Fb/versions/1/restore',
    '/documents/a%2Fb/chat',
    '/documents/a%2Fb/comments',
    '/documents/a%2Fb/comments/1',
    '/webhooks',
    '/webhooks/1/test',
    '/webhooks/1/deliveries/1/replay',
  ]
  const needed: Readonly<Record<string, object>> = {
    '/documents/a%2Fb/broadcast': { message: 'x' },
    '/documents/a%2Fb/chat': { text: 'x' },
    '/documents/a%2Fb/comments': { text: 'x', anchor: { root: 't', quote: 'x' } },
    '/documents/a%2Fb/comments/1': { text: 'x' },
    '/webhooks': { url: 'https://example.org/', events: [] },
    '/revoke': { all: true },
  }
  for (const path of posts) {
    const json = { ...needed[path], strange: 1 }
    const told = await service.ask('POST', path, { by: all, json })
    expectProblem(told, 400, 'bad-request')
    expect({ path, detail: told.json['detail'] }).toEqual({
      path,
      detail: expect.stringContaining('"strange"'),
    })
  }
  const gets = [
    '/documents',
    '/documents/a%2Fb',
    '/documents/a%2Fb/content',
    '/documents/a%2Fb/sessions',
    '/documents/a%2Fb/versions',
    '/documents/a%2Fb/attribution',
    '/documents/a%2Fb/chat',
    '/documents/a%2Fb/chat/reading',
    '/documents/a%2Fb/comments',
    '/events',
    '/webhooks',
  ]
  for (const path of gets) {
    const told = await service.ask('GET', `${path}?strange=1`, { by: all })
    expectProblem(told, 400, 'bad-request')
    expect(told.json['detail']).toContain('"strange"')
  }
  for (const [path, more] of [
    ['/documents/a%2Fb/content', {}],
    ['/documents/a%2Fb/versions/1', {}],
    ['/documents/a%2Fb/chat/1', { text: 'x' }],
    ['/documents/a%2Fb/comments/1', { resolved: true }],
    ['/documents/a%2Fb/comments/1/2', { text: 'x' }],
    ['/webhooks/1', {}],
  ] as const) {
    const told = await service.ask('PATCH', path, { by: all, json: { ...more, strange: 1 } })
    expectProblem(told, 400, 'bad-request')
    expect(told.json['detail']).toContain('"strange"')
  }
})

test('HTTP-1: a name is one encoded segment, and a lone % stands for itself', async () => {
  const names = ['50%', '50%%20off', 'a/b/c', 'ü/ñ', 'x y+z?#', '__proto__', '%zz', '..%2F']
  for (const name of names) {
    const made = await service.ask('POST', '/documents', { by: all, json: { name } })
    expect({ name, status: made.status }).toEqual({ name, status: 201 })
    const where = String(made.headers.get('location'))
    expect(where).toBe(`/api/v1/documents/${encodeURIComponent(name)}`)
    expect((await service.askAt('GET', where, { by: all })).json['name']).toBe(name)
  }
  expect((await service.ask('GET', '/documents/50%', { by: all })).json['name']).toBe('50%')
  const spaced = await service.ask('GET', '/documents/50%25%20off', { by: all })
  expect(spaced.status).toBe(404)
  // Slashes that were not encoded are more segments.
  expectProblem(await service.ask('GET', '/documents/a/b/c', { by: all }), 404)
  expectProblem(await service.ask('GET', '/documents/%ff', { by: all }), 400)
  expectProblem(await service.ask('GET', '/documents/%C3%28', { by: all }), 400)
  expectProblem(await service.ask('GET', `/documents/${'n'.repeat(513)}`, { by: all }), 400)
  const long = { by: all, json: { name: 'n'.repeat(513) } }
  expectProblem(await service.ask('POST', '/documents', long), 400)
})

test('AUTH-9: the token may stand in the query of a GET, and is no field of it', async () => {
  const path = `/documents/a%2Fb?token=${tokenFor({ 'a/b': 'read' })}`
  expect((await service.ask('GET', path)).status).toBe(200)
  expect((await service.ask('HEAD', path)).status).toBe(200)
})

test('AUTH-9: a request that changes something shows its token elsewhere', async () => {
  const query = `?token=${tokenFor({ 'a/b': 'admin' })}`
  for (const [method, path] of [
    ['PUT', '/documents/a%2Fb/content'],
    ['PATCH', '/documents/a%2Fb/content'],
    ['POST', '/documents/a%2Fb/versions'],
    ['POST', '/documents'],
    ['POST', '/documents/a%2Fb/chat'],
    ['POST', '/documents/a%2Fb/comments'],
    ['DELETE', '/documents/a%2Fb'],
  ] as const) {
    const refused = await service.ask(method, `${path}${query}`, { json: {} })
    expectProblem(refused, 401, 'token-needed')
    expect(refused.json['detail']).toContain('Authorization: Bearer')
  }
  expect((await service.ask('GET', '/documents/a%2Fb', { by: all })).status).toBe(200)
})

test('HTTP-7: what is too large is refused with the limit and its flag', async () => {
  const body = 'x'.repeat(70_000)
  const path = '/documents/a%2Fb/content?root=t'
  const large = await service.ask('PUT', path, { by: all, body, type: 'text/plain' })
  expectProblem(large, 413, 'body-too-large')
  expect(large.json['detail']).toContain('65536')
  expect(large.json['detail']).toContain('--content-body-bytes-max')
  const meta = { by: all, json: { meta: body } }
  const other = await service.ask('POST', '/documents/a%2Fb/versions', meta)
  expectProblem(other, 413, 'body-too-large')
  expect(other.json['detail']).toMatch(/\d+ .*--api-body-bytes-max/)
})

test('API-11: a POST with its key is done once', async () => {
  const headers = { 'idempotency-key': 'k'.repeat(128) }
  const first = await service.ask('POST', '/documents', { by: all, json: {}, headers })
  const again = await service.ask('POST', '/documents', { by: all, json: {}, headers })
  expect([first.status, again.status]).toEqual([201, 201])
  expect(again.json).toEqual(first.json)
  for (const header of ['location', 'etag', 'content-type']) {
    expect(again.headers.get(header)).toBe(first.headers.get(header))
  }
  const other = { by: all, json: { name: 'other' }, headers }
  expectProblem(await service.ask('POST', '/documents', other), 422)
  const long = { 'idempotency-key': 'k'.repeat(129) }
  expectProblem(await service.ask('POST', '/documents', { by: all, json: {}, headers: long }), 400)
  // Another path and another person are another key.
  const there = { by: all, json: {}, headers }
  expect((await service.ask('POST', '/documents/a%2Fb/versions', there)).status).toBe(201)
  const bob = tokenFor({ '*': 'admin' }, { sub: 'bob' })
  const ofBob = await service.ask('POST', '/documents', { by: bob, json: {}, headers })
  expect(ofBob.json['name']).not.toBe(first.json['name'])
})

test('HTTP-2: JSON says its charset, and HEAD over a bare socket ends there', async () => {
  expect((await service.ask('GET', '/documents', { by: all })).headers.get('content-type')).toBe(
    jsonType,
  )
  const port = Number(new URL(service.http).port)
  const said = await new Promise<string>((resolve, reject) => {
    const socket = connect(port, '127.0.0.1')
    let heard = ''
    socket.on('data', (bytes) => void (heard += bytes.toString()))
    socket.on('error', reject)
    socket.on('close', () => resolve(heard))
    const head = `HEAD /api/v1/openapi.json HTTP/1.1\r\nhost: 127.0.0.1:${port}\r\n\r\n`
    socket.write(
      `${head}GET /healthz HTTP/1.1\r\nhost: 127.0.0.1:${port}\r\nconnection: close\r\n\r\n`,
    )
  })
  const answers = said.split(/(?=HTTP\/1\.1 )/)
  expect(answers.map((answer) => answer.slice(9, 12))).toEqual(['200', '200'])
  const length = /content-length: (\d+)/i.exec(answers[0] ?? '')?.[1]
  const whole = (await service.ask('GET', '/openapi.json')).text
  if (length !== undefined) expect(Number(length)).toBe(new TextEncoder().encode(whole).length)
})
