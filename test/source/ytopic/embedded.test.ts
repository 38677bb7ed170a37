import { expect, test } from 'bun:test'
import { anonymous } from '../../../src/auth/anonymous.ts'
import {
  defaultLimits,
  limitNames,
  limitOptionsOf,
  limitsFrom,
} from '../../../src/base/limits/limits.ts'
import { silentLog } from '../../../src/base/log.ts'
import { createYtopic, type SocketData } from '../../../src/ytopic.ts'
import { createMemoryStore } from '../../../persistence/memory/store.ts'
import { LiveAuthority } from '../../support/fakes/live-authority.ts'
import { craftUpdate } from '../../support/harness/crafted.ts'
import { RawClient } from '../../support/harness/raw-client.ts'
import { startServer } from '../../support/harness/server.ts'
import { until } from '../../support/harness/wait.ts'

const authority = anonymous('write')

test('EMBED-7: without an authority nothing is served, whatever checks types', () => {
  const options = { store: createMemoryStore(), log: silentLog }
  // @ts-expect-error as a program in JavaScript may write it
  expect(() => createYtopic(options)).toThrow('createYtopic needs an authority, which decides')
})

test("EMBED-3: the program's own sockets and routes live beside ytopic's", async () => {
  interface Mine {
    readonly name: string
  }
  const ytopic = createYtopic({ store: createMemoryStore(), authority, log: silentLog })
  const closed: string[] = []
  const server = Bun.serve<SocketData | Mine>({
    hostname: '127.0.0.1',
    port: 0,
    reusePort: false,
    routes: { '/mine': new Response('my page') },
    fetch(request, self) {
      const { pathname } = new URL(request.url)
      if (pathname !== '/chat') return ytopic.fetch(request, self)
      const upgraded = self.upgrade(request, { data: { name: 'ada' } })
      return upgraded ? undefined : new Response('not a socket', { status: 400 })
    },
    websocket: ytopic.websocketWith<Mine>({
      open: (socket) => void socket.send(`hello ${socket.data.name}`),
      message: (socket, text) => void socket.send(`${socket.data.name} said ${text.toString()}`),
      close: ({ data }, code) => void closed.push(`${data.name} left with ${code}`),
    }),
  })
  expect(await (await fetch(new URL('/mine', server.url))).text()).toBe('my page')
  const socket = new WebSocket(`ws://127.0.0.1:${server.port}/chat`)
  const heard: unknown[] = []
  socket.onmessage = ({ data }) => heard.push(data)
  await until('greeted', () => heard.length === 1)
  socket.send('hi')
  await until('answered', () => heard.length === 2)
  const [ana, bob] = [
    await (await RawClient.connect(`ws://127.0.0.1:${server.port}/ws/both`)).open(),
    await (await RawClient.connect(`ws://127.0.0.1:${server.port}/ws/both`)).open(),
  ]
  ana.say({ kind: 'update', update: craftUpdate([{ client: 1, root: 't' }]) })
  await bob.hears('update')
  socket.close(1000)
  await until('gone', () => closed.length === 1)
  expect(heard).toEqual(['hello ada', 'ada said hi'])
  expect(closed).toEqual(['ada left with 1000'])
  expect(ytopic.metrics.connectionsOpened).toBe(2)
  await ytopic.stop()
  await server.stop(true)
})

test('EMBED-4: every limit has a name in camelCase, and comes back by it', () => {
  const given = limitOptionsOf(Object.fromEntries(limitNames.map((name, at) => [name, at + 1])))
  expect(Object.keys(given)).toHaveLength(limitNames.length)
  expect(Object.keys(given).every((name) => /^[a-z][a-zA-Z0-9]*$/.test(name))).toBe(true)
  expect(given.frameBytesMax).toBe(limitNames.indexOf('frame_bytes_max') + 1)
  const limits = limitsFrom(given)
  for (const [at, name] of limitNames.entries()) expect(limits[name], name).toBe(at + 1)
  expect(limitsFrom({ frameBytesMax: undefined })).toEqual(defaultLimits)
})

test.each([
  [
    { frame_bytes_max: 1 },
    'There is no limit called frame_bytes_max; docs/operating.md lists them.',
  ],
  [{ toString: 1 }, 'There is no limit called toString; docs/operating.md lists them.'],
  [{ frameBytesMax: -1 }, 'The limit frameBytesMax takes a number from 0 up, not -1.'],
  [{ frameBytesMax: Number.NaN }, 'The limit frameBytesMax takes a number from 0 up, not NaN.'],
])('EMBED-4: %p is no limit', (limits: object, sentence) => {
  const store = createMemoryStore()
  expect(() => createYtopic({ store, authority, limits })).toThrow(sentence)
})

test('EMBED-5: what was counted is told, and cannot be changed', async () => {
  const { ytopic, url, stop } = startServer()
  const before = ytopic.metrics
  expect(() => Object.assign(before, { connectionsOpened: 7 })).toThrow(TypeError)
  const client = await (await RawClient.connect(`${url}/ws/counted`)).open()
  expect(before.connectionsOpened).toBe(0)
  expect(ytopic.metrics.connectionsOpened).toBe(1)
  client.close()
  await stop()
})

test('EMBED-6: a program that has nothing else to do ends when it has stopped', async () => {
  const folder = `${import.meta.dir}/../../..`
  const program = `
    import { createYtopic } from '${folder}/src/ytopic.ts'
    import { anonymous } from '${folder}/src/auth/anonymous.ts'
    import { createMemoryStore } from '${folder}/persistence/memory/store.ts'
    const ytopic = createYtopic({ store: createMemoryStore(), authority: anonymous('write') })
    await ytopic.documents.create({ name: 'notes' })
    await ytopic.stop()
    process.on('exit', () => console.log(performance.now() - stoppedAt < 2_000))
    const stoppedAt = performance.now()`
  const child = Bun.spawn([process.execPath, '-e', program], { stdout: 'pipe' })
  expect(await new Response(child.stdout).text()).toBe('true\n')
}, 120_000)

test('EMBED-8: a program asks over no network, with a token as anybody', async () => {
  const grants = new LiveAuthority()
  grants.grant('reader', { access: 'read' })
  grants.grant('writer', { access: 'write' })
  const ytopic = createYtopic({ store: createMemoryStore(), authority: grants, log: silentLog })
  const asked = (method: string, path: string, token: string): Promise<Response> => {
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'text/plain' }
    const body = method === 'PUT' ? 'hello' : null
    return ytopic.ask(new Request(`http://localhost${path}`, { method, headers, body }))
  }
  const content = '/api/v1/documents/notes/content?format=text&root=t'
  expect((await asked('PUT', content, 'reader')).status).toBe(403)
  expect((await asked('PUT', content, 'writer')).status).toBe(201)
  expect(await (await asked('GET', content, 'reader')).text()).toBe('hello')
  expect((await asked('GET', content, 'nobody')).status).toBe(404)
  expect((await asked('GET', '/healthz', 'nobody')).status).toBe(200)
  await ytopic.stop()
})
