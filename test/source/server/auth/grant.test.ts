import { afterAll, beforeAll, beforeEach, expect, test } from 'bun:test'
import * as Y from 'yjs'
import { onGranted, parseGranted, type Granted } from '../../../../src/client/granted.ts'
import { LiveAuthority } from '../../../support/fakes/live-authority.ts'
import { connectHocuspocus, versions } from '../../../support/harness/hocuspocus.ts'
import { RawClient } from '../../../support/harness/raw-client.ts'
import { quietProvider } from '../../../support/harness/provider.ts'
import { startServer, type TestServer } from '../../../support/harness/server.ts'
import { until } from '../../../support/harness/wait.ts'

const ana = { id: 'ana', name: 'Ana', color: '#0000ff' }
const shown = { id: 'ana', name: 'Ana', color: '#0000ff' }
const adminToken = 'the token of the one who runs this'
let authority: LiveAuthority
let server: TestServer
let names = 0
let name = ''

beforeAll(() => {
  authority = new LiveAuthority()
  server = startServer({ deny_delay_ms: 20 }, undefined, { authority, adminToken })
})
beforeEach(() => {
  name = `grant-${names++}`
  authority.grant('reader', { access: 'read', who: ana })
  authority.grant('writer', { access: 'write' })
})
afterAll(() => server.stop())

const enter = async (token: string, query: string): Promise<RawClient> =>
  (await RawClient.connect(`${server.url}/ws/${name}?token=${token}${query}`)).open()

test('AUTH-24: a client that asks is told what it may do and who it is, first of all', async () => {
  const reader = await enter('reader', '&grant=1')
  expect(reader.heard[0]).toMatchObject({ kind: 'granted', access: 'read', user: shown })
  const writer = await enter('writer', '&grant=1&saved=1')
  const granted = writer.heard.find(({ kind }) => kind === 'granted')
  // Nothing is asserted of the writer, and nothing of these is shown.
  expect(granted).toMatchObject({ access: 'write', user: {} })
})

test('AUTH-24: a client that does not ask is told nothing', async () => {
  const reader = await enter('reader', '')
  expect(reader.heard.map(({ kind }) => kind)).not.toContain('granted')
})

test('AUTH-24: where nobody is stamped the person is left out', async () => {
  const unstamped = startServer({}, undefined, { authority, enforceIdentity: false })
  const reader = await RawClient.connect(`${unstamped.url}/ws/${name}?token=reader&grant=1`)
  await reader.hears('granted')
  expect(reader.heard[0]).not.toHaveProperty('user')
  await unstamped.stop()
})

test('AUTH-24: what was granted is told again when it has changed', async () => {
  const reader = await enter('reader', '&grant=1')
  authority.grant('reader', { access: 'write', who: { ...ana, name: 'Ana B.' } })
  await fetch(`${server.http}/api/v1/documents/${name}/revoke`, {
    method: 'POST',
    headers: { authorization: `Bearer ${adminToken}` },
  })
  const told = { access: 'write', user: { ...shown, name: 'Ana B.' } }
  await until('told', () => reader.heard.some((frame) => Bun.deepMatch(told, frame)))
})

test('AUTH-26: it is told of which life the document is, another for each life', async () => {
  const lifeOf = async (): Promise<string | undefined> => {
    const writer = await enter('writer', '&grant=1')
    const [first] = writer.heard
    writer.close()
    return first?.kind === 'granted' ? first.incarnation : undefined
  }
  const act = async (method: string, rest = '', body?: object): Promise<void> => {
    const headers = { authorization: `Bearer ${adminToken}`, 'content-type': 'application/json' }
    const address = `${server.http}/api/v1/documents${rest}`
    const answer = await fetch(address, { method, headers, body: JSON.stringify(body ?? {}) })
    expect(answer.ok).toBe(true)
  }
  const first = await lifeOf()
  expect(first).toBeString()
  await act('POST', '', { name })
  expect(await lifeOf()).toBe(first)
  await act('DELETE', `/${name}`)
  await act('POST', `/${name}/undelete`)
  expect(await lifeOf()).toBe(first)
  await act('DELETE', `/${name}`)
  await act('POST', `/${name}/purge`)
  const second = await lifeOf()
  expect(second).toBeString()
  expect(second).not.toBe(first)
})

test('CLIENT-13: several may listen to what a client is granted', async () => {
  const provider = quietProvider(`${server.url}/ws`, name, new Y.Doc(), {
    params: { grant: '1', token: 'reader' },
    disableBc: true,
  })
  const heard: string[] = []
  onGranted(provider, ({ access }) => heard.push(`first: ${access}`))
  onGranted(provider, ({ access }) => heard.push(`second: ${access}`))
  await until('told', () => heard.length > 1)
  expect(heard).toEqual(['first: read', 'second: read'])
  provider.destroy()
})

test('CLIENT-13: a stock y-websocket client tells what it was granted', async () => {
  const provider = quietProvider(`${server.url}/ws`, name, new Y.Doc(), {
    params: { grant: '1', token: 'reader' },
    disableBc: true,
  })
  const told: Granted[] = []
  onGranted(provider, (granted) => {
    expect(provider.synced).toBe(false)
    told.push(granted)
  })
  await until('told', () => told.length > 0)
  expect(told).toEqual([{ access: 'read', user: shown, incarnation: expect.any(String) }])
  provider.destroy()
})

for (const version of versions) {
  test(`CLIENT-13: so does a stock Hocuspocus client, version ${version}`, async () => {
    const told: (Granted | undefined)[] = []
    const url = `${server.url}/hocuspocus?grant=1`
    const client = connectHocuspocus(version, url, name, { token: 'reader' })
    client.provider.on('stateless', ({ payload }: { readonly payload: string }) => {
      told.push(parseGranted(payload))
    })
    await until('told', () => told.length > 0)
    expect(told).toEqual([{ access: 'read', user: shown, incarnation: expect.any(String) }])
    client.end()
  })
}

test('CLIENT-13: a message that does not say what was granted is none', () => {
  for (const text of ['', '{', 'null', '[]', '{"type":"granted"}', '{"type":"chat"}']) {
    expect(parseGranted(text)).toBeUndefined()
  }
  const odd = '{"type":"granted","access":"read","user":{"name":7,"id":"a"}}'
  expect(parseGranted(odd)).toEqual({ access: 'read', user: { id: 'a' }, incarnation: undefined })
  const nobody = '{"type":"granted","access":"admin","user":{},"incarnation":"i"}'
  expect(parseGranted(nobody)).toEqual({ access: 'admin', user: {}, incarnation: 'i' })
  const own = '{"type":"granted","access":"write","incarnation":7}'
  const told = { access: 'write', user: undefined, incarnation: undefined } as const
  expect(parseGranted(own)).toEqual(told)
})
