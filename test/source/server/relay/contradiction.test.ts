import { afterAll, beforeAll, beforeEach, expect, test } from 'bun:test'
import * as Y from 'yjs'
import { allSaved, openTab } from '../../client/stage.ts'
import { craftUpdate } from '../../../support/harness/crafted.ts'
import { connectHocuspocus, openSocket, versions } from '../../../support/harness/hocuspocus.ts'
import { RawClient } from '../../../support/harness/raw-client.ts'
import { startServer, type TestServer } from '../../../support/harness/server.ts'
import { until } from '../../../support/harness/wait.ts'

let server: TestServer
let names = 0
let name = ''

beforeAll(() => {
  server = startServer({ deny_delay_ms: 20 })
})
beforeEach(() => {
  name = `contradiction-${names++}`
})
afterAll(() => server.stop())

/** Writes in the name of a client, at the clocks that it will use next. */
async function writeInTheNameOf({ clientID, store }: Y.Doc): Promise<void> {
  const forger = await (await RawClient.connect(`${server.url}/ws/${name}`)).open()
  const clock = Y.getState(store, clientID)
  const origin = [clientID, clock - 1] as const
  const item = { client: clientID, clock, text: 'forged', origin }
  forger.say({ kind: 'update', update: craftUpdate([item]) })
  await forger.settled()
  forger.close()
}

test('RELAY-14: an edit whose clocks hold something else is not called saved', async () => {
  const ana = openTab(`${server.url}/ws`, name)
  ana.type('hello')
  await allSaved(ana)
  // What others say is on its way to her still.
  const socket = ana.provider.ws
  if (socket === null) throw new Error('not connected')
  Object.assign(socket, { onmessage: () => undefined })
  await writeInTheNameOf(ana.document)
  ana.type(' world')
  await until('she is told', () => !ana.provider.wsconnected)
  expect([ana.saved.saved, ana.saved.pending]).toEqual([false, 1])
  expect(ana.saved.refusal).toContain('copy them, then reload')
  ana.end()
})

/** A socket on which what the server says can be kept back for a while. */
class HeldSocket extends WebSocket {
  static held: (() => void)[] | undefined

  override addEventListener(type: string, listener: unknown): void {
    const told = listener as (event: Event) => void
    super.addEventListener(type as 'message', (event: Event) => {
      const { held } = HeldSocket
      if (type !== 'message' || held === undefined) told.call(this, event)
      else held.push(() => told.call(this, event))
    })
  }
}

for (const version of versions) {
  test(`RELAY-14: so it is for a Hocuspocus client of version ${version}`, async () => {
    const socket = openSocket(version, server.url, HeldSocket)
    const ana = connectHocuspocus(version, server.url, name, { socket })
    const saved = () => ana.provider.synced && ana.provider.unsyncedChanges === 0
    await until('it is synced', saved)
    const reasons: string[] = []
    ana.provider.on('authenticationFailed', ({ reason }: { readonly reason: string }) => {
      reasons.push(reason)
    })
    ana.document.getText('t').insert(0, 'hello')
    await until('all is acknowledged', saved)
    HeldSocket.held = []
    await writeInTheNameOf(ana.document)
    ana.document.getText('t').insert(5, ' world')
    const refused = () => server.ytopic.metrics['refused.clocks-taken'] ?? 0
    const before = refused()
    await until('it is refused', () => refused() > before)
    const { held } = HeldSocket
    HeldSocket.held = undefined
    for (const tell of held) tell()
    await until('it is told', () => reasons.length > 0)
    expect(reasons[0]).toContain('copy them, then reload')
    expect(ana.provider.unsyncedChanges).toBe(1)
    ana.end()
    socket.destroy()
  })
}
