import { afterAll, beforeAll, expect, test } from 'bun:test'
import { LiveAuthority } from '../../support/fakes/live-authority.ts'
import { RawClient } from '../../support/harness/raw-client.ts'
import { startServer, type TestServer } from '../../support/harness/server.ts'

let server: TestServer
beforeAll(() => {
  const authority = new LiveAuthority()
  authority.grant('writer', { access: 'write' })
  authority.grant('admin', { access: 'admin' })
  server = startServer({}, undefined, { authority })
})
afterAll(() => server.stop())

function ask(token: string): Promise<Response> {
  const headers = { authorization: `Bearer ${token}` }
  return fetch(`${server.http}/api/v1/documents/counted/numbers`, { headers })
}

test('API-12: what an open document takes is counted for those with admin access', async () => {
  await RawClient.connect(`${server.url}/ws/counted?token=writer`).then((client) => client.open())
  expect((await ask('writer')).status).toBe(403)
  const answer = await ask('admin')
  expect(answer.status).toBe(200)
  expect(await answer.json()).toEqual({
    sessions: 1,
    presence: 0,
    unsentBytes: 0,
    documentBytes: expect.any(Number),
    updatesSinceSnapshot: 0,
    stateVectorBytes: 1,
  })
})
