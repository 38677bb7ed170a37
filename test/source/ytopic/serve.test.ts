import { expect, test } from 'bun:test'
import { anonymous } from '../../../src/auth/anonymous.ts'
import { silentLog } from '../../../src/base/log.ts'
import { serve } from '../../../src/ytopic.ts'
import { craftUpdate } from '../../support/harness/crafted.ts'
import { freshDirectory } from '../../support/harness/process.ts'
import { RawClient } from '../../support/harness/raw-client.ts'

const log = silentLog

test('EMBED-1: serve keeps documents in a directory, for this machine', async () => {
  const data = await freshDirectory()
  const first = await serve({ port: 0, data: data.path, log })
  expect(first.url.hostname).toBe('127.0.0.1')
  const client = await (await RawClient.connect(`ws://${first.url.host}/ws/notes`)).open()
  client.say({ kind: 'update', update: craftUpdate([{ client: 1, root: 't' }]) })
  await client.settled()
  expect(await first.stop()).toEqual({ written: true, pendingUpdates: 0, pendingBytes: 0 })
  const second = await serve({ port: 0, data: data.path, log })
  const again = await (await RawClient.connect(`ws://${second.url.host}/ws/notes`)).open()
  expect(again.document().getText('t').length).toBeGreaterThan(0)
  await second.stop()
  await data.remove()
})

test('EMBED-1: beyond this machine somebody has to decide who may what', async () => {
  const data = await freshDirectory()
  const open = { port: 0, data: data.path, log }
  expect(serve({ ...open, hostname: '0.0.0.0' })).rejects.toThrow(
    'On 0.0.0.0 anybody could read and write everything: give serve() an authority;',
  )
  expect(serve({ ...open, trustedProxies: ['loopback'] })).rejects.toThrow('Behind a proxy anybody')
  const server = await serve({ ...open, hostname: '0.0.0.0', authority: anonymous('read') })
  const client = await RawClient.connect(`ws://127.0.0.1:${server.url.port}/ws/notes`)
  await client.open()
  await server.stop()
  await data.remove()
})

test('EMBED-2: a server that cannot listen leaves its directory free', async () => {
  const [data, other] = [await freshDirectory(), await freshDirectory()]
  const first = await serve({ port: 0, data: data.path, log })
  const port = Number(first.url.port)
  const taken = await serve({ port, data: other.path, log }).catch((error: unknown) => error)
  expect(taken).toMatchObject({ code: 'EADDRINUSE' })
  const second = await serve({ port: 0, data: other.path, log })
  await Promise.all([first.stop(), second.stop(), data.remove(), other.remove()])
})
