import { beforeEach, expect, test } from 'bun:test'
import { share } from '../../support/share.ts'
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

const often = ['--chat-posts-per-second-max', '1000', '--chat-posts-burst-max', '1000']
const service = await share(Service.start(often))
let rooms = 0
let room = ''
let path = ''
beforeEach(() => {
  room = `room/${++rooms}`
  path = `/documents/${encodeURIComponent(room)}/chat`
})

const ann = (access = 'comment'): string => tokenFor({ [room]: access })
const ben = (access = 'comment'): string =>
  tokenFor({ [room]: access }, { sub: 'ben', name: 'Ben' })

async function post(text: string, by = ann()): Promise<string> {
  const told = await service.ask('POST', path, { by, json: { text } })
  expect(told.status).toBe(201)
  return `${path}/${String(told.json['seq'])}`
}

async function messages(query = ''): Promise<readonly Json[]> {
  const told = await service.ask('GET', `${path}${query}`, { by: ann('read') })
  expect(told.status).toBe(200)
  return listIn(told.json, 'messages')
}

test('CHAT-8: a message is changed by its author alone, and deleted by admins too', async () => {
  const [mine, theirs] = [await post('one'), await post('two', ben())]
  const changed = await service.ask('PATCH', mine, { by: ann(), json: { text: 'uno' } })
  expect(changed.status).toBe(200)
  expectFields(changed.json, 'seq', 'at', 'by', 'text', 'edited')
  expect(changed.json).toMatchObject({ text: 'uno' })
  expect(changed.json['edited']).toMatch(time)
  const json = { text: 'x' }
  for (const by of [ann(), ann('admin')]) {
    expectProblem(await service.ask('PATCH', theirs, { by, json }), 403, 'not-your-message')
  }
  expectProblem(await service.ask('DELETE', theirs, { by: ann('write') }), 403, 'not-your-message')
  const gone = await service.ask('DELETE', theirs, { by: ann('admin') })
  expect(gone.status).toBe(200)
  expect(gone.json).toMatchObject({ text: '' })
  expect(gone.json['deleted']).toMatch(time)
  expect((await messages()).map(({ text }) => text)).toEqual(['', 'uno'])
  expectProblem(await service.ask('DELETE', theirs, { by: ben() }), 404, 'no-such-message')
})

test('CHAT-8: how far one has read is told and noted', async () => {
  await post('one')
  await post('two', ben())
  const told = await service.ask('GET', `${path}/reading`, { by: ann('read') })
  expect(told.json).toEqual({ last: 2, read: 0, unread: 1 })
  const noted = await service.ask('PUT', `${path}/reading`, { by: ann('read'), json: { seq: 2 } })
  expect([noted.status, noted.json]).toEqual([200, { last: 2, read: 2, unread: 0 }])
  const back = await service.ask('PUT', `${path}/reading`, { by: ann('read'), json: { seq: 1 } })
  expect(back.json['read']).toBe(2)
  const other = await service.ask('GET', `${path}/reading`, { by: ben('read') })
  expect(other.json).toEqual({ last: 2, read: 0, unread: 1 })
})

test('CHAT-8: pages go back to the first message and end there', async () => {
  for (const text of ['1', '2', '3', '4', '5']) await post(text)
  const seen: unknown[] = []
  let next: unknown
  do {
    const query = next === undefined ? '' : `&before=${String(next)}`
    const told = await service.ask('GET', `${path}?limit=2${query}`, { by: ann('read') })
    seen.push(...listIn(told.json, 'messages').map(({ text }) => text))
    next = told.json['next']
  } while (next !== null)
  expect(seen).toEqual(['5', '4', '3', '2', '1'])
})

test('CHAT-8: what is not there, unknown or not well-formed is refused in words', async () => {
  const first = await post('one')
  const by = ann()
  for (const seq of ['2', '-1', 'x', '1e1', '9'.repeat(40), '9007199254740993', '%00']) {
    const told = await service.ask('PATCH', `${path}/${seq}`, { by, json: { text: 'x' } })
    expectProblem(told, 404, 'no-such-message')
  }
  for (const query of ['limit=0', 'limit=101', 'limit=x', 'before=-1', 'before=x', 'before=1e99']) {
    expectProblem(await service.ask('GET', `${path}?${query}`, { by }), 400, 'bad-request')
  }
  for (const json of [{}, { text: '' }, { text: 1 }, { text: '\udfff' }, { text: 'x', by: {} }]) {
    expectProblem(await service.ask('POST', path, { by, json }), 400)
  }
  const nonce = { by, json: { text: 'x', nonce: 'n'.repeat(129) } }
  expectProblem(await service.ask('POST', path, nonce), 400, 'bad-request')
  const long = { by, json: { text: 'x'.repeat(10_000) } }
  expectProblem(await service.ask('POST', path, long), 413)
  expect(await messages()).toHaveLength(1)
  expect((await service.ask('DELETE', first, { by })).status).toBe(200)
})

test('CHAT-8: posting and changing need comment access, and a person', async () => {
  const first = await post('one')
  const stranger = tokenFor({ 'elsewhere/*': 'admin' })
  const json = { text: 'x' }
  for (const by of [ann('read'), stranger]) {
    expectProblem(await service.ask('POST', path, { by, json }), 403)
    expectProblem(await service.ask('PATCH', first, { by, json }), 403)
    expectProblem(await service.ask('DELETE', first, { by }), 403)
  }
  for (const where of [path, `${path}/reading`]) {
    expectProblem(await service.ask('GET', where, { by: stranger }), 404, 'not-found')
    expectProblem(await service.ask('GET', where), 401, 'token-needed')
  }
  expect((await messages()).map(({ text }) => text)).toEqual(['one'])
})

test('CHAT-9: the room of a deleted document is hidden with all that is below it', async () => {
  await service.make(room, 'text')
  const first = await post('one')
  const by = operator
  const at = `/documents/${encodeURIComponent(room)}`
  await service.ask('DELETE', at, { by })
  for (const [method, where, json] of [
    ['GET', path, undefined],
    ['POST', path, { text: 'x' }],
    ['PATCH', first, { text: 'x' }],
    ['DELETE', first, undefined],
    ['GET', `${path}/reading`, undefined],
    ['PUT', `${path}/reading`, { seq: 1 }],
  ] as const) {
    const asking = { by: ann(), ...(json === undefined ? {} : { json }) }
    expectProblem(await service.ask(method, where, asking), 404, 'not-found')
  }
  await service.ask('POST', `${at}/undelete`, { by, json: {} })
  expect((await messages()).map(({ text }) => text)).toEqual(['one'])
})
