import { expect, test } from 'bun:test'
import { anonymous } from '../../../src/auth/anonymous.ts'
import { silentLog } from '../../../src/base/log.ts'
import { listenAddress } from '../../../src/config/reader.ts'
import { serve, type ServeOptions } from '../../../src/ytopic.ts'
import { createMemoryStore } from '../../../persistence/memory/store.ts'
import { freshDirectory, startProcess } from '../../support/harness/process.ts'
import { RawClient } from '../../support/harness/raw-client.ts'

function start(options: ServeOptions) {
  const authority = anonymous('write')
  return serve({ port: 0, store: createMemoryStore(), log: silentLog, authority, ...options })
}

test('HTTP-6: metrics, and nothing else, are told without a token on their own port', async () => {
  const server = await start({ metricsListen: { port: 0 } })
  const { metricsUrl = server.url } = server
  expect(metricsUrl.hostname).toBe('127.0.0.1')
  const client = await RawClient.connect(`ws://${server.url.host}/ws/a-private-name`)
  await client.open()
  const answer = await fetch(new URL('/metrics', metricsUrl))
  expect(answer.headers.get('content-type')).toStartWith('text/plain; version=0.0.4')
  const text = await answer.text()
  expect(text).toContain('\nytopic_connections 1\n')
  expect(text).not.toContain('a-private-name')
  const asked = async (path: string, init?: RequestInit): Promise<number> =>
    (await fetch(new URL(path, metricsUrl), init)).status
  expect(await asked('/metrics', { method: 'HEAD' })).toBe(200)
  expect(await asked('/metrics', { method: 'POST' })).toBe(405)
  for (const path of ['/', '/healthz', '/api/v1/documents', '/ws/notes']) {
    expect(await asked(path)).toBe(404)
  }
  // A site that leads a name of its own here gets nothing.
  expect(await asked('/metrics', { headers: { host: 'site.example' } })).toBe(421)
  // On the port of the clients it takes what it took before.
  expect((await fetch(new URL('/metrics', server.url))).status).toBe(403)
  await server.stop()
  expect(fetch(new URL('/metrics', metricsUrl))).rejects.toThrow()
})

test('HTTP-6: without the option there is no such port', async () => {
  const server = await start({})
  expect(server.metricsUrl).toBeUndefined()
  await server.stop()
})

test('HTTP-6: a port for metrics that is taken stops the start', async () => {
  const first = await start({ metricsListen: { port: 0 } })
  const port = Number(first.metricsUrl?.port)
  const second = start({ metricsListen: { port } })
  expect(second).rejects.toThrow(`The listener of metrics cannot listen on 127.0.0.1:${port}: `)
  await second.catch(() => undefined)
  await first.stop()
})

test('HTTP-6: the command has it as a flag', async () => {
  const directory = await freshDirectory()
  const server = await startProcess(directory.path, 0, ['--metrics-listen', '0'])
  const [url = ''] = /http\S+\/metrics/.exec(server.output()) ?? []
  expect(await (await fetch(url)).text()).toContain('ytopic_connections 0')
  await server.end('SIGTERM')
  await directory.remove()
}, 60_000)

test.each([
  ['9100', { hostname: '127.0.0.1', port: 9100 }],
  ['0.0.0.0:0', { hostname: '0.0.0.0', port: 0 }],
  ['metrics.internal:9100', { hostname: 'metrics.internal', port: 9100 }],
  ['[::1]:9100', { hostname: '::1', port: 9100 }],
  ['::1:9100', undefined],
  ['127.0.0.1', undefined],
  ['127.0.0.1:65536', undefined],
  ['', undefined],
])('HTTP-6: %p is read as where to listen, or as a mistake', (given, wanted) => {
  expect(listenAddress.read(given)).toEqual(wanted)
})
