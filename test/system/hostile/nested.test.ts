import { expect, test } from 'bun:test'
import * as Y from 'yjs'
import { craftUpdate } from '../../support/harness/crafted.ts'
import { freshDirectory, startProcess } from '../../support/harness/process.ts'
import { RawClient } from '../../support/harness/raw-client.ts'
import { until } from '../../support/harness/wait.ts'

const deep = 20_000

/** Maps within maps, made in one update. */
function nested(): { client: number; update: Uint8Array } {
  const document = new Y.Doc()
  document.transact(() => {
    let map = document.getMap('m')
    for (let level = 0; level < deep; level++) {
      const inner = new Y.Map<unknown>()
      map.set('a', inner)
      map = inner
    }
  })
  return { client: document.clientID, update: Y.encodeStateAsUpdate(document) }
}

test('HOSTILE-8: a delete of 20,000 nested types is set aside, the rest is served', async () => {
  const directory = await freshDirectory()
  const flags = ['--room-idle-ms-max', '200ms']
  let server = await startProcess(directory.path, 0, flags)
  const { client, update } = nested()
  const open = async () => (await RawClient.connect(`${server.url}/ws/deep`)).open()
  const attacker = await open()
  attacker.say({ kind: 'update', update })
  const remove = craftUpdate([], [{ client, clock: 0, length: 1 }])
  expect(() => Y.applyUpdate(attacker.document(), Y.mergeUpdates([update, remove]))).toThrow()
  attacker.say({ kind: 'update', update: remove })
  await attacker.settled()
  attacker.close()
  await until('it is set aside', () => server.output().includes('entry-quarantined'))
  await until('the copy that holds it is thrown away', async () => {
    const health: { rooms: number } = await (await fetch(`${server.http}/healthz`)).json()
    return health.rooms === 0
  })

  const writer = await open()
  writer.say({ kind: 'update', update: craftUpdate([{ client: 7, text: 'after all' }]) })
  await writer.settled()
  writer.close()
  expect((await open()).document().getText('t').toString()).toBe('after all')
  await server.end('SIGKILL')
  server = await startProcess(directory.path, 0, flags)
  const document = (await open()).document()
  expect(document.getText('t').toString()).toBe('after all')
  expect(document.getMap('m').has('a')).toBe(true)
  expect(server.output()).not.toContain('unexpected fault')
  await server.end('SIGKILL')
  await directory.remove()
}, 120_000)
