import { afterAll, beforeAll, expect, test } from 'bun:test'
import type { Access } from '../../../src/base/access.ts'
import { createJwtAuthority } from '../../../src/auth/jwt.ts'
import { signToken } from '../../../src/auth/sign.ts'
import { createMemoryStore } from '../../../persistence/memory/store.ts'
import { startServer, type TestServer } from '../../support/harness/server.ts'

const secret = 'a secret that is long enough to sign with'
const store = createMemoryStore()
let server: TestServer

beforeAll(async () => {
  const authority = await createJwtAuthority({ keys: { kind: 'secret', secret } })
  server = startServer({}, store, { authority, adminToken: 'the operator' })
})
afterAll(() => server.stop())

function token(document: string, access: Access): Promise<string> {
  const who = { id: 'ann', name: 'Ann', issuer: undefined, audience: undefined }
  const wishes = { document, access, forMs: 60_000, documentsClaim: 'documents', ...who }
  return signToken(secret, wishes, Date.now())
}

async function ask(
  method: string,
  path: string,
  by: string | undefined,
  body?: string,
): Promise<Response> {
  const authorization: Record<string, string> =
    by === undefined ? {} : { authorization: `Bearer ${by}` }
  return fetch(`${server.http}/api/v1/documents${path}`, {
    method,
    headers: { 'content-type': 'application/json', ...authorization },
    ...(body === undefined ? {} : { body }),
  })
}

async function names(answer: Response): Promise<readonly string[]> {
  const { documents } = (await answer.json()) as { documents: { name: string }[] }
  return documents.map(({ name }) => name)
}

test('API-8: a list shows what admin grants cover, and nobody else gets one', async () => {
  for (const name of ['team/a', 'team/b', 'other']) {
    expect((await ask('POST', '', 'the operator', JSON.stringify({ name }))).status).toBe(201)
  }
  const team = await token('team/*', 'admin')
  expect(await names(await ask('GET', '', team))).toEqual(['team/a', 'team/b'])
  expect(await names(await ask('GET', '?prefix=team/b', team))).toEqual(['team/b'])
  const first = (await (await ask('GET', '?limit=1', team)).json()) as { next: string }
  expect(await names(await ask('GET', `?limit=1&after=${first.next}`, team))).toEqual(['team/b'])
  expect(await names(await ask('GET', '', 'the operator'))).toEqual(['other', 'team/a', 'team/b'])
  expect((await ask('GET', '', await token('team/*', 'write'))).status).toBe(403)
  expect((await ask('GET', '', undefined)).status).toBe(401)
  expect((await ask('GET', '', 'no token')).status).toBe(401)
})

test('API-8: what may not be read is not found, what may not be written is refused', async () => {
  const reader = await token('team/*', 'read')
  expect((await ask('GET', '/other', reader)).status).toBe(404)
  expect((await ask('HEAD', '/other', reader)).status).toBe(404)
  expect((await ask('GET', '/nowhere', reader)).status).toBe(404)
  for (const doc of ['/other', '/nowhere', '/team%2Fa']) {
    expect((await ask('PUT', `${doc}/content?format=text`, reader, 'x')).status).toBe(403)
    expect((await ask('DELETE', doc, reader)).status).toBe(403)
  }
  const named = JSON.stringify({ name: 'team/c' })
  expect((await ask('POST', '', reader, named)).status).toBe(403)
  const copy = JSON.stringify({ name: 'elsewhere' })
  expect((await ask('POST', '/team%2Fa/clone', reader, copy)).status).toBe(403)
  await ask('DELETE', '/team%2Fb', 'the operator')
  expect((await ask('GET', '/team%2Fb', reader)).status).toBe(404)
  expect((await ask('GET', '/team%2Fb', 'the operator')).status).toBe(410)
})

test('API-8: who writes over HTTP stands beside it in the store', async () => {
  const writer = await token('team/*', 'write')
  const answer = await ask('PUT', '/team%2Fnew/content?format=text', writer, 'by Ann')
  expect(answer.status).toBe(201)
  const { log } = await store.load('team/new')
  expect(log.map(({ by }) => by)).toEqual([{ id: 'ann', name: 'Ann' }])
})
