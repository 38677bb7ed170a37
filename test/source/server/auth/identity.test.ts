import { afterAll, beforeAll, beforeEach, expect, test } from 'bun:test'
import { withAnonymous } from '../../../../src/auth/anonymous.ts'
import type { Who } from '../../../../src/auth/authority.ts'
import type { StatelessHandler } from '../../../../src/room/stateless.ts'
import { encodeAwareness } from '../../../../src/protocol/awareness.ts'
import { LiveAuthority } from '../../../support/fakes/live-authority.ts'
import { connectHocuspocus, versions } from '../../../support/harness/hocuspocus.ts'
import { RawHocuspocus } from '../../../support/harness/hocuspocus-raw.ts'
import { connect, synced } from '../../../support/harness/provider.ts'
import { RawClient } from '../../../support/harness/raw-client.ts'
import { startServer, type TestServer } from '../../../support/harness/server.ts'
import { until } from '../../../support/harness/wait.ts'
import { statesSeen } from '../../../support/harness/awareness.ts'

const authority = new LiveAuthority()
let server: TestServer
let names = 0
let name = ''

beforeAll(() => {
  server = startServer({ deny_delay_ms: 20 }, undefined, { authority })
  const people: Readonly<Record<string, Who>> = {
    ana: { id: 'ana', name: 'Ana', color: '#00f' },
    eve: { id: 'eve', name: 'Eve' },
    nobody: {},
  }
  for (const [token, who] of Object.entries(people)) authority.grant(token, { access: 'read', who })
})
beforeEach(() => {
  name = `stamp-${names++}`
})
afterAll(() => server.stop())

const enter = async (token: string, on = server): Promise<RawClient> =>
  (await RawClient.connect(`${on.url}/ws/${name}?token=${token}`)).open()

function show(client: RawClient, clientId: number, clock: number, state: unknown): void {
  const json = typeof state === 'string' ? state : JSON.stringify(state)
  const bytes = new TextEncoder().encode(json)
  const update = encodeAwareness([{ clientId, clock, state: bytes }])
  client.say({ kind: 'awareness', update })
}

const claims: readonly (readonly [what: string, said: unknown, seen: unknown])[] = [
  [
    'another name',
    { user: { name: 'Boss', color: 'red', id: 'boss', team: 'b' }, cursor: 3 },
    { user: { name: 'Eve', id: 'eve', team: 'b' }, cursor: 3 },
  ],
  ['no user', { cursor: 3 }, { cursor: 3, user: { name: 'Eve', id: 'eve' } }],
  ['a user that is text', { user: 'Boss' }, { user: { name: 'Eve', id: 'eve' } }],
  ['a user that is a list', { user: ['Boss'] }, { user: { name: 'Eve', id: 'eve' } }],
  ['two users', '{"user":{"name":"a"},"user":{"name":"b"}}', { user: { name: 'Eve', id: 'eve' } }],
  ['a state that is text', '"Boss"', 'Boss'],
]

for (const [what, said, seen] of claims) {
  test(`AUTH-20: who shows ${what} is seen as who they are`, async () => {
    const ana = await enter('ana')
    const many = await (await RawHocuspocus.connect(server.url)).open(name, 'ana')
    const eve = await enter('eve')
    show(eve, 7, 1, said)
    await ana.hears('awareness')
    await many.hears(name, 'awareness')
    const later = await enter('ana')
    await later.hears('awareness')
    for (const frames of [ana.heard, many.of(name, 'awareness'), later.heard]) {
      expect(statesSeen(frames).get(7)).toEqual(seen)
    }
  })
}

test('AUTH-20: what everybody else hears holds no second spelling of a name', async () => {
  const ana = await enter('ana')
  const eve = await enter('eve')
  show(eve, 7, 1, '{"user":{"name":"Boss"},"user":{"name":"Eve","id":"eve"}}')
  await ana.hears('awareness')
  const raw = ana.raw.map((bytes) => new TextDecoder().decode(bytes)).join('')
  expect(raw).not.toContain('Boss')
})

for (const version of versions) {
  test(`AUTH-20: a forged name of a stock client of version ${version} is not seen`, async () => {
    const watcher = connect(`${server.url}/ws`, name, undefined, { token: 'ana' })
    await synced(watcher)
    const forger = connectHocuspocus(version, server.url, name, { token: 'eve' })
    await until('it is synced', () => forger.provider.synced)
    forger.provider.setAwarenessField('user', { name: 'Boss', color: 'gold' })
    const seen = () => watcher.provider.awareness.getStates().get(forger.document.clientID)
    await until('it is seen', () => seen() !== undefined && 'user' in (seen() ?? {}))
    expect(seen()?.['user']).toEqual({ id: 'eve', name: 'Eve' })
    forger.end()
    await until('it is gone', () => seen() === undefined)
    watcher.end()
  })
}

for (const [what, token] of [
  ['of whom nothing is known', 'nobody'],
  ['without a token, where some may read', undefined],
] as const) {
  test(`AUTH-20: who is let in ${what} cannot show somebody else's id`, async () => {
    const open = startServer({}, undefined, { authority: withAnonymous(authority, 'read') })
    const ana = await enter('ana', open)
    const url = `${open.url}/ws/${name}${token === undefined ? '' : `?token=${token}`}`
    const forger = await (await RawClient.connect(url)).open()
    show(forger, 7, 1, { user: { id: 'ana', name: 'Ana', color: 'blue', mood: 'good' }, cursor: 1 })
    show(forger, 8, 1, { cursor: 2 })
    await ana.hears('awareness', 2)
    expect(statesSeen(ana.heard).get(7)).toEqual({ user: { mood: 'good' }, cursor: 1 })
    expect(statesSeen(ana.heard).get(8)).toEqual({ cursor: 2 })
    await open.stop()
  })
}

test('AUTH-20: where nobody asks who is who, or it is off, a state goes as it came', async () => {
  const off = startServer({}, undefined, { authority, enforceIdentity: false })
  const free = startServer()
  for (const on of [off, free]) {
    const ana = await enter('ana', on)
    const forger = await enter('eve', on)
    show(forger, 7, 1, '{ "user": {"name":"Boss"} }')
    await ana.hears('awareness')
    const said = ana.raw.map((bytes) => new TextDecoder().decode(bytes)).join('')
    expect(said).toContain('{ "user": {"name":"Boss"} }')
  }
  await Promise.all([off.stop(), free.stop()])
})

test('AUTH-21: nobody takes the presence of somebody who is known', async () => {
  const ana = await enter('ana')
  const watcher = await enter('ana')
  show(ana, 7, 1, { cursor: 1 })
  await watcher.hears('awareness')
  for (const token of ['eve', 'nobody']) {
    const forger = await enter(token)
    show(forger, 7, 5, { cursor: 9 })
    await forger.settled()
  }
  await watcher.settled()
  expect(statesSeen(watcher.heard).get(7)).toMatchObject({ cursor: 1, user: { name: 'Ana' } })
})

test('AUTH-21: the same person takes it over with another socket', async () => {
  const watcher = await enter('eve')
  const old = await enter('ana')
  show(old, 7, 1, { cursor: 1 })
  await watcher.hears('awareness')
  const fresh = await enter('ana')
  show(fresh, 7, 2, { cursor: 2 })
  await watcher.hears('awareness', 2)
  old.close()
  await watcher.settled()
  expect(statesSeen(watcher.heard).get(7)).toMatchObject({ cursor: 2 })
})

test('HOCUS-17: the handler of a message is told who says it', async () => {
  const heard: (Who | undefined)[] = []
  const onStateless: StatelessHandler = ({ reply, who }) => {
    heard.push(who)
    reply('heard')
  }
  const listening = startServer({}, undefined, { authority, onStateless })
  const many = await (await RawHocuspocus.connect(listening.url)).open(name, 'eve')
  many.say(name, { kind: 'stateless', text: 'hello' })
  await many.hears(name, 'stateless')
  expect(heard).toEqual([{ id: 'eve', name: 'Eve' }])
  await listening.stop()
})
