import { expect, test } from 'bun:test'
import { openSqliteStore } from '../../../persistence/sqlite/store.ts'
import { LiveAuthority } from '../../support/fakes/live-authority.ts'
import { startServer, type TestServer } from '../../support/harness/server.ts'
import { dataDirectory } from '../persistence/sqlite/sqlite-stage.ts'

function authority(): LiveAuthority {
  const made = new LiveAuthority()
  for (const id of ['ada', 'bob']) made.grant(id, { access: 'admin', who: { id } })
  return made
}

async function make(
  server: TestServer,
  body: unknown,
  key: string | undefined,
  token = 'ada',
  path = '',
): Promise<{ readonly status: number; readonly told: Record<string, unknown> }> {
  const answer = await fetch(`${server.http}/api/v1/documents${path}`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${token}`,
      'content-type': 'application/json',
      ...(key === undefined ? {} : { 'idempotency-key': key }),
    },
    body: JSON.stringify(body),
  })
  return { status: answer.status, told: (await answer.json()) as Record<string, unknown> }
}

test('API-11: a request that comes again is done once, also after a restart', async () => {
  const { directory, remove } = await dataDirectory()
  const start = async (): Promise<TestServer> =>
    startServer({}, await openSqliteStore({ directory, durability: 'full' }), {
      authority: authority(),
    })
  let server = await start()
  const first = await make(server, {}, 'key')
  expect(first.status).toBe(201)
  expect(await make(server, {}, 'key')).toEqual(first)
  await server.stop()
  server = await start()
  expect(await make(server, {}, 'key')).toEqual(first)
  // Somebody else's key is another, and so is the one of another path.
  const ofBob = await make(server, {}, 'key', 'bob')
  expect(ofBob.told['name']).not.toBe(first.told['name'])
  const path = `/${String(first.told['name'])}/versions`
  expect((await make(server, {}, 'key', 'ada', path)).status).toBe(201)
  const other = await make(server, { name: 'other' }, 'key')
  expect(other).toMatchObject({ status: 422, told: { code: 'key-reused' } })
  await server.stop()
  await remove()
})

test('API-11: of requests with one key one is done, and others are told', async () => {
  const server = startServer({}, undefined, { authority: authority() })
  const all = await Promise.all(Array.from({ length: 8 }, () => make(server, {}, 'same')))
  const done = all.filter(({ status }) => status === 201)
  const names = new Set(done.map(({ told }) => told['name']))
  expect(names.size).toBe(1)
  for (const { status, told } of all) {
    if (status !== 201) expect(told['code']).toBe('key-unanswered')
  }
  await server.stop()
})

test('API-11: what was refused may be tried again with its key', async () => {
  const server = startServer({}, undefined, { authority: authority() })
  const version = (): ReturnType<typeof make> =>
    make(server, { name: 'first' }, 'key', 'ada', '/later/versions')
  expect((await version()).status).toBe(404)
  expect((await make(server, { name: 'later' }, undefined)).status).toBe(201)
  expect((await version()).status).toBe(201)
  const long = await make(server, {}, 'k'.repeat(129))
  expect(long).toMatchObject({ status: 400, told: { code: 'bad-request' } })
  await server.stop()
})
