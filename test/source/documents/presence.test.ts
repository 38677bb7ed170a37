import { afterEach, expect, test } from 'bun:test'
import * as Y from 'yjs'
import { LiveAuthority } from '../../support/fakes/live-authority.ts'
import { type Client, connect, synced } from '../../support/harness/provider.ts'
import { connectHocuspocus } from '../../support/harness/hocuspocus.ts'
import { startServer, type TestServer } from '../../support/harness/server.ts'
import { until } from '../../support/harness/wait.ts'
import { systemClock } from '../../../src/base/clock.ts'

let server: TestServer
const who = { id: 'robot', name: 'Robot' }

afterEach(() => server.stop())

/** What a client sees of the others. */
function others({ provider, document }: Client): readonly unknown[] {
  const states = [...provider.awareness.getStates()]
  return states.filter(([id]) => id !== document.clientID).map(([, state]) => state)
}

test.each(['anonymous', 'tokens'])(
  'INSIDE-3: what the program shows is seen with who it is, until it closes (%s)',
  async (kind) => {
    const authority = new LiveAuthority()
    authority.grant('ada', { access: 'write', who: { id: 'ada' } })
    server = startServer({}, undefined, kind === 'tokens' ? { authority } : {})
    const client = connect(`${server.url}/ws`, 'notes', new Y.Doc(), { token: 'ada' })
    await synced(client)
    const presence = { cursor: 1, user: { name: 'Somebody else', role: 'agent' } }
    const opened = await server.ytopic.documents.open('notes', { who, presence })
    const user = { role: 'agent', id: 'robot', name: 'Robot' }
    await until('it is seen', () => others(client).length === 1)
    expect(others(client)).toEqual([{ cursor: 1, user }])
    opened.show({ cursor: 2 })
    const next = { cursor: 2, user: { id: 'robot', name: 'Robot' } }
    await until('it moves', () => Bun.deepEquals(others(client), [next]))
    const late = connectHocuspocus(4, server.url, 'notes', { token: 'ada' })
    await until('who comes later sees it', () =>
      [...(late.provider.awareness?.getStates().values() ?? [])].some((state) =>
        Bun.deepEquals(state, next),
      ),
    )
    late.end()
    opened.show(undefined)
    await until('it hides', () => others(client).length === 0)
    opened.show({ cursor: 3 })
    await until('it is back', () => others(client).length === 1)
    opened.close()
    await until('it has gone', () => others(client).length === 0)
    expect(() => opened.show({})).toThrow('closed by the program')
    client.end()
  },
)

test('INSIDE-3: it is one of the sessions, and keeps the document open', async () => {
  server = startServer({ room_idle_ms_max: 0 })
  const opened = await server.ytopic.documents.open('notes', { who, presence: { here: true } })
  const answer = await fetch(`${server.http}/api/v1/documents/notes/sessions`)
  const { sessions } = (await answer.json()) as { sessions: readonly unknown[] }
  expect(sessions).toMatchObject([
    { protocol: 'in-process', user: { ...who, color: null }, access: 'admin' },
  ])
  expect(sessions).toMatchObject([{ clients: [{ state: { here: true, user: who } }] }])
  opened.close()
  await until('it is closed when nobody is in it', () => server.ytopic.metrics.roomsEvicted === 1)
})

test('INSIDE-3: it is renewed, though nobody says anything', async () => {
  // Time that runs a hundred times as fast, for everybody in the process.
  const clock = { ...systemClock, now: () => performance.now() * 100 }
  server = startServer({}, undefined, { clock })
  await server.ytopic.documents.open('notes', { who, presence: { here: true } })
  const clockOf = (): number => shownClock
  const client = connect(`${server.url}/ws`, 'notes')
  let shownClock = 0
  client.provider.awareness.on('update', () => {
    for (const [id, { clock: at }] of client.provider.awareness.meta) {
      if (id !== client.document.clientID) shownClock = at
    }
  })
  await until('it is seen', () => clockOf() > 0)
  const first = clockOf()
  await until('it is renewed again and again', () => clockOf() > first + 2)
  expect(others(client)).toHaveLength(1)
  client.end()
})
