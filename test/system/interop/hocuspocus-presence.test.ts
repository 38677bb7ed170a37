import { afterAll, beforeAll, beforeEach, expect, test } from 'bun:test'
import { FakeAuthority } from '../../support/fakes/authority.ts'
import {
  allSaved,
  connectHocuspocus,
  type HocuspocusClient,
  openSocket,
  versions,
} from '../../support/harness/hocuspocus.ts'
import { connect } from '../../support/harness/provider.ts'
import { startServer, type TestServer } from '../../support/harness/server.ts'
import { until } from '../../support/harness/wait.ts'

/** Far less than the half minute after which clients forget whoever says nothing more. */
const atOnceMs = 10_000

const authority = new FakeAuthority()
let server: TestServer
let names = 0
let name = ''

beforeAll(() => {
  const limits = { deny_delay_ms: 20, token_wait_ms_max: 500 }
  // The authority knows tokens and nobody's name: people say themselves who they are.
  server = startServer(limits, undefined, { authority, enforceIdentity: false })
})

beforeEach(() => {
  name = `presence-${names++}`
})

afterAll(() => server.stop())

const join = (version: (typeof versions)[number], token = 'writer') =>
  connectHocuspocus(version, server.url, name, { token })

/** Whether `viewer` sees `shown`, and under which name. */
function seen(viewer: HocuspocusClient, shown: HocuspocusClient): unknown {
  return viewer.provider.awareness?.getStates().get(shown.document.clientID)?.['user']
}

for (const version of versions) {
  test(`AWARE-1: version ${version} is seen by every version, also later ones`, async () => {
    const client = join(version)
    const others = versions.map((each) => join(each))
    await allSaved(client, ...others)
    client.provider.setAwarenessField('user', 'Ana')
    const late = join(2)
    for (const other of [...others, late]) {
      await until(`${other.version} sees it`, () => seen(other, client) === 'Ana')
    }
    client.provider.setAwarenessField('user', 'Bea')
    await until('a change is seen', () => others.every((other) => seen(other, client) === 'Bea'))
    for (const each of [client, late, ...others]) each.end()
  })

  test(`AWARE-2: version ${version} hides, shows itself again and leaves, at once`, async () => {
    const client = join(version)
    const other = join(4)
    await allSaved(client, other)
    client.provider.setAwarenessField('user', 'Ana')
    await until('it is seen', () => seen(other, client) === 'Ana')
    client.provider.awareness?.setLocalState(null)
    await until('it is hidden', () => seen(other, client) === undefined, atOnceMs)
    client.provider.awareness?.setLocalState({ user: 'Ana' })
    await until('it is seen again', () => seen(other, client) === 'Ana', atOnceMs)
    client.end()
    await until('it is gone', () => seen(other, client) === undefined, atOnceMs)
    other.end()
  })

  test(`AWARE-3: version ${version} stays seen when its half-open old socket dies`, async () => {
    const sockets: WebSocket[] = []
    let terminate: (() => void) | undefined
    /** A socket that a client thinks closed while the server still has it. */
    class HalfOpen extends WebSocket {
      constructor(at: string | URL) {
        super(at)
        sockets.push(this)
        terminate ??= () => super.close()
      }

      override close(): void {
        if (this !== sockets[0]) super.close()
        else this.dispatchEvent(new CloseEvent('close', { code: 1006 }))
      }
    }
    const other = join(4)
    const socket = openSocket(version, server.url, HalfOpen)
    const client = connectHocuspocus(version, server.url, name, { socket, token: 'writer' })
    await allSaved(client, other)
    client.provider.setAwarenessField('user', 'Ana')
    await until('it is seen', () => seen(other, client) === 'Ana')
    sockets[0]?.close()
    await until('it has a new socket', () => sockets.length === 2 && client.provider.synced)
    await allSaved(client)
    const removed: number[] = []
    other.provider.awareness?.on('change', (change: { readonly removed: readonly number[] }) => {
      removed.push(...change.removed)
    })
    const closedNow = () => server.metrics.connectionsClosed
    const closed = closedNow()
    terminate?.()
    await until('the server saw the old one die', () => closedNow() > closed)
    client.provider.setAwarenessField('extra', 1)
    const extra = () =>
      other.provider.awareness?.getStates().get(client.document.clientID)?.['extra'] === 1
    await until('what it says is still heard', extra)
    expect(removed).not.toContain(client.document.clientID)
    client.end()
    socket.destroy()
    await until('it is gone with the new one', () => seen(other, client) === undefined, atOnceMs)
    other.end()
  })

  test(`HOCUS-11: version ${version} reads and is seen; its edits stay unsaved`, async () => {
    const writer = join(4)
    const reader = join(version, 'reader')
    await allSaved(writer, reader)
    expect(reader.provider.authorizedScope).toBe('readonly')
    writer.document.getText('t').insert(0, 'theirs')
    await until('it reads', () => reader.document.getText('t').toString() === 'theirs')
    reader.document.getText('t').insert(0, 'mine')
    reader.provider.setAwarenessField('user', 'Rea')
    await until('it is seen', () => seen(writer, reader) === 'Rea')
    expect(reader.provider.hasUnsyncedChanges).toBe(true)
    expect(writer.document.getText('t').toString()).toBe('theirs')
    reader.end()
    writer.end()
  })

  test(`HOCUS-9: version ${version} hears why it is denied; no storm follows`, async () => {
    const socket = openSocket(version, server.url)
    const good = connectHocuspocus(version, server.url, name, { socket, token: 'writer' })
    await allSaved(good)
    const opened = server.metrics.connectionsOpened
    const bad = connectHocuspocus(version, server.url, `${name}-bad`, { socket, token: 'stranger' })
    const reasons: string[] = []
    bad.provider.on('authenticationFailed', ({ reason }: { reason: string }) =>
      reasons.push(reason),
    )
    await until('it is denied', () => reasons.length > 0)
    good.document.getText('t').insert(0, 'x')
    await allSaved(good)
    expect(reasons).toEqual([
      'Access to this document is denied; ask for it, or show another token. I do not know you.',
    ])
    expect(server.metrics.connectionsOpened).toBe(opened)
    good.end()
    bad.end()
    socket.destroy()
  })
}

test('AWARE-1: Hocuspocus and y-websocket clients see each other', async () => {
  const yan = connect(`${server.url}/ws`, name, undefined, { token: 'writer' })
  const clients = versions.map((version) => join(version))
  yan.provider.awareness.setLocalStateField('user', 'Yan')
  for (const client of clients) {
    client.provider.setAwarenessField('user', `v${client.version}`)
    const here = () => yan.provider.awareness.getStates().get(client.document.clientID)?.['user']
    await until('y-websocket sees it', () => here() === `v${client.version}`)
    const there = () => client.provider.awareness?.getStates().get(yan.document.clientID)?.['user']
    await until('it sees y-websocket', () => there() === 'Yan')
  }
  for (const client of clients) client.end()
  yan.end()
})

test('HOCUS-8: version 2 without a token is told so where one is needed', async () => {
  const client = connectHocuspocus(2, server.url, name, { token: null })
  const reasons: string[] = []
  client.provider.on('authenticationFailed', ({ reason }: { reason: string }) =>
    reasons.push(reason),
  )
  await until('it is denied', () => reasons.length > 0)
  expect(reasons[0]).toContain('No token')
  client.end()
})
