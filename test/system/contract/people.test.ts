import { expect, test } from 'bun:test'
import { HocuspocusProvider } from 'hocuspocus-provider-4'
import { share } from '../../support/share.ts'
import {
  expectFields,
  expectProblem,
  listIn,
  open,
  operator,
  Service,
  time,
  tokenFor,
} from './service.ts'

const service = await share(Service.start())
const by = operator

test('API-8: what one may is told the same way, whether it is there or not', async () => {
  await service.make('hidden', 'secret')
  await service.make('open', 'text')
  const stranger = tokenFor({ 'elsewhere/*': 'admin' })
  for (const name of ['hidden', 'never-was']) {
    const told = await service.ask('GET', `/documents/${name}`, { by: stranger })
    expectProblem(told, 404, 'not-found')
    expect(told.text).not.toContain(name)
    for (const below of ['content', 'sessions', 'versions', 'attribution', 'chat', 'comments']) {
      const got = await service.ask('GET', `/documents/${name}/${below}`, { by: stranger })
      expectProblem(got, 404, 'not-found')
      expect(got.text).toBe(told.text)
    }
    const put = { by: stranger, body: 'x', type: 'text/plain' }
    expectProblem(await service.ask('PUT', `/documents/${name}/content`, put), 403)
    expectProblem(await service.ask('DELETE', `/documents/${name}`, { by: stranger }), 403)
    expectProblem(await service.ask('GET', `/documents/${name}`), 401, 'token-needed')
  }
  // Each level has those before it.
  const levels = ['read', 'comment', 'write', 'admin'] as const
  const needed: readonly (readonly [string, string, string])[] = [
    ['read', 'GET', '/documents/open'],
    ['read', 'GET', '/documents/open/content?format=text'],
    ['read', 'GET', '/documents/open/sessions'],
    ['read', 'GET', '/documents/open/chat'],
    ['comment', 'POST', '/documents/open/chat'],
    ['read', 'GET', '/documents/open/comments'],
    ['comment', 'POST', '/documents/open/comments'],
    ['write', 'PUT', '/documents/open/content?format=text'],
    ['write', 'POST', '/documents/open/broadcast'],
    ['write', 'GET', '/documents/open/versions'],
    ['write', 'POST', '/documents/open/versions'],
    ['write', 'GET', '/documents/open/versions/empty/diff/now'],
    ['write', 'GET', '/documents/open/attribution'],
    ['admin', 'POST', '/documents/open/revoke'],
  ]
  const bodies: Readonly<Record<string, object>> = {
    '/documents/open/chat': { text: 'hello' },
    '/documents/open/comments': { text: 'hello', anchor: { root: 't', quote: 'text' } },
    '/documents/open/broadcast': { message: 'hello' },
  }
  for (const [wanted, method, path] of needed) {
    for (const level of levels) {
      const may = levels.indexOf(level) >= levels.indexOf(wanted as (typeof levels)[number])
      const token = tokenFor({ open: level })
      const told =
        path.includes('content?') && method === 'PUT'
          ? await service.ask(method, path, { by: token, body: 'text', type: 'text/plain' })
          : await service.ask(method, path, {
              by: token,
              ...(method === 'POST' ? { json: bodies[path] ?? {} } : {}),
            })
      const seen = { level, path, method, may: told.status < 300 }
      expect(seen).toEqual({ level, path, method, may })
      if (!may) expectProblem(told, 403, 'permission-denied')
    }
  }
})

test('API-8: a list holds what admin grants cover', async () => {
  for (const name of ['team/a', 'team/b', 'other']) await service.make(name)
  const team = tokenFor({ 'team/*': 'admin', other: 'write' })
  const { json } = await service.ask('GET', '/documents', { by: team })
  expect(listIn(json, 'documents').map(({ name }) => name)).toEqual(['team/a', 'team/b'])
  const writer = tokenFor({ '*': 'write' })
  expectProblem(await service.ask('GET', '/documents', { by: writer }), 403)
  expectProblem(await service.ask('GET', '/documents'), 401)
})

test('API-4: sessions are told with who they are; broadcast counts who was told', async () => {
  await service.make('room', 'text')
  const token = tokenFor({ room: 'write' })
  const plain = await open(`${service.socket}/ws/room?token=${token}`)
  const heard: string[] = []
  const provider = new HocuspocusProvider({
    url: service.socket,
    name: 'room',
    token,
    onStateless: ({ payload }) => void heard.push(payload),
  })
  await new Promise<void>((resolve) => provider.on('synced', () => resolve()))
  provider.setAwarenessField('user', { name: 'Ann' })
  const { json } = await service.ask('GET', '/documents/room/sessions', { by })
  expectFields(json, 'sessions')
  const sessions = listIn(json, 'sessions')
  expect(sessions).toHaveLength(2)
  for (const session of sessions) {
    expectFields(session, 'access', 'clients', 'id', 'protocol', 'since', 'user')
    expect(session['user']).toEqual({ id: 'ann', name: 'Ann', color: '#c0392b' })
    expect(session['access']).toBe('write')
    expect(session['since']).toMatch(time)
    for (const client of listIn(session, 'clients')) expectFields(client, 'clientId', 'state')
  }
  const protocols = sessions.map(({ protocol }) => String(protocol)).toSorted()
  expect(protocols).toEqual(['hocuspocus', 'y-websocket'])
  const said = await service.ask('POST', '/documents/room/broadcast', {
    by,
    json: { message: 'hi' },
  })
  expect([said.status, said.json]).toEqual([200, { sessions: 1 }])
  const asking = await open(`${service.socket}/ws/room?token=${token}&messages=1`)
  const both = await service.ask('POST', '/documents/room/broadcast', {
    by,
    json: { message: '2' },
  })
  expect(both.json).toEqual({ sessions: 2 })
  expect(heard).toContain('hi')
  const told = await service.ask('POST', '/documents/room/revoke', { by, json: {} })
  expectFields(told.json, 'sessions')
  expect((await service.ask('POST', '/revoke', { by, json: { document: 'room' } })).status).toBe(
    200,
  )
  expectProblem(await service.ask('GET', '/documents/never-was/sessions', { by }), 404)
  const nowhere = { by, json: { message: 'x' } }
  expectProblem(await service.ask('POST', '/documents/never-was/broadcast', nowhere), 404)
  provider.destroy()
  plain.socket.close()
  asking.socket.close()
})
