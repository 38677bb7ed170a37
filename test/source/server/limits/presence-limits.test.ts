import { afterAll, beforeAll, beforeEach, expect, test } from 'bun:test'
import { connectHocuspocus, versions } from '../../../support/harness/hocuspocus.ts'
import { connect, synced } from '../../../support/harness/provider.ts'
import { startServer, type TestServer } from '../../../support/harness/server.ts'
import { until } from '../../../support/harness/wait.ts'

let server: TestServer
let names = 0
let name = ''

beforeAll(() => {
  server = startServer({ deny_delay_ms: 20 })
})
beforeEach(() => {
  name = `shown-${names++}`
})
afterAll(() => server.stop())

const picture = { name: 'Ana', picture: `data:image/png;base64,${'A'.repeat(100 * 1024)}` }
/** A selection that is nested as deep as the document that it is in. */
function nested(levels: number): unknown {
  return levels === 0 ? 'here' : { in: nested(levels - 1) }
}

const states: readonly (readonly [what: string, user: unknown])[] = [
  ['a picture of 100 KiB', picture],
  ['a selection 140 levels deep', nested(140)],
]

for (const [what, user] of states) {
  test(`AWARE-8: ${what} costs a y-websocket client no connection and no edit`, async () => {
    const watcher = connect(`${server.url}/ws`, name)
    const ana = connect(`${server.url}/ws`, name)
    await synced(watcher, ana)
    const before = server.metrics.awarenessUnseen
    ana.provider.awareness.setLocalStateField('user', user)
    await until('it was counted', () => server.metrics.awarenessUnseen > before)
    ana.document.getText('t').insert(0, 'typed')
    await until('the edit is there', () => watcher.document.getText('t').length === 5)
    expect(ana.provider.wsconnected).toBe(true)
    const seen = () => watcher.provider.awareness.getStates().get(ana.document.clientID)
    expect(seen()?.['user']).toBeUndefined()
    ana.provider.awareness.setLocalStateField('user', { name: 'Ana' })
    await until('what fits is shown', () => seen()?.['user'] !== undefined)
    ana.end()
    watcher.end()
  })

  for (const version of versions) {
    test(`AWARE-8: ${what} costs a client of version ${version} neither`, async () => {
      const watcher = connect(`${server.url}/ws`, name)
      await synced(watcher)
      const ana = connectHocuspocus(version, server.url, name)
      await until('it is synced', () => ana.provider.synced)
      const before = server.metrics.awarenessUnseen
      ana.provider.setAwarenessField('user', user)
      await until('it was counted', () => server.metrics.awarenessUnseen > before)
      ana.document.getText('t').insert(0, 'typed')
      await until('the edit is there', () => watcher.document.getText('t').length === 5)
      expect(ana.provider.synced).toBe(true)
      ana.end()
      watcher.end()
    })
  }
}
