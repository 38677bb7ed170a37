import { afterEach, expect, test } from 'bun:test'
import * as Y from 'yjs'
import { createMemoryStore } from '../../../persistence/memory/store.ts'
import type { Store } from '../../../persistence/store.ts'
import type { LogFields } from '../../../src/base/log.ts'
import type { Hooks, NewContent, YtopicOptions } from '../../../src/ytopic.ts'
import { LiveAuthority } from '../../support/fakes/live-authority.ts'
import { DelegatingStore } from '../../support/fakes/delegating-store.ts'
import { connectHocuspocus } from '../../support/harness/hocuspocus.ts'
import { type Client, connect, synced } from '../../support/harness/provider.ts'
import { startServer, type TestServer } from '../../support/harness/server.ts'
import { until } from '../../support/harness/wait.ts'

const servers: TestServer[] = []
const logged: { readonly event: string; readonly fields: LogFields | undefined }[] = []

afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.stop()))
  logged.length = 0
})

function serverWith(options: Partial<YtopicOptions>, store?: Store, limits = {}): TestServer {
  const note = (event: string, fields?: LogFields): number => logged.push({ event, fields })
  const log = { info: note, warn: note, error: note }
  const server = startServer(limits, store, { log, ...options })
  servers.push(server)
  return server
}

function seeding(content: NewContent): Hooks & { calls: string[] } {
  const calls: string[] = []
  return {
    calls,
    async onLoad(document) {
      calls.push(document)
      await Promise.resolve()
      return content
    },
  }
}

const textOf = ({ document }: Pick<Client, 'document'>): string => document.getText('t').toString()

test('HOOK-1: a new document is filled once, before anybody is told what is in it', async () => {
  const hooks = seeding({ content: 'welcome', root: 't', who: { id: 'robot' } })
  const server = serverWith(hooks)
  const clients = [1, 2, 3].map(() => connect(`${server.url}/ws`, 'notes'))
  const hocuspocus = connectHocuspocus(4, server.url, 'notes')
  const firsts = clients.map(async (client) => {
    await synced(client)
    return textOf(client)
  })
  const program = await server.ytopic.documents.open('notes')
  expect(await program.read('text')).toBe('welcome')
  expect(await Promise.all(firsts)).toEqual(['welcome', 'welcome', 'welcome'])
  await until('Hocuspocus too', () => hocuspocus.provider.synced)
  expect(textOf(hocuspocus)).toBe('welcome')
  expect(hooks.calls).toEqual(['notes'])
  const { authors } = await server.ytopic.documents.keep('notes')
  expect(authors).toMatchObject([{ id: 'robot' }])
  for (const client of [...clients, hocuspocus]) client.end()
})

test('HOOK-1: not again after a restart or when it is emptied, but in the next life', async () => {
  const hooks = seeding({ content: 'welcome', root: 't' })
  const store = new KeptOpen(createMemoryStore())
  const first = serverWith(hooks, store)
  const opened = await first.ytopic.documents.open('notes')
  await opened.edit({ replace: '', root: 't' })
  await first.stop()
  const { documents } = serverWith(hooks, store).ytopic
  const again = await documents.open('notes')
  expect(await again.read('json')).toEqual({ t: null })
  await documents.create({ name: 'made' })
  await documents.create({ name: 'filled', content: 'own', root: 't' })
  await documents.open('made')
  expect(await (await documents.open('filled')).read('text')).toBe('own')
  expect(hooks.calls).toEqual(['notes'])
  await documents.delete('notes')
  await documents.purge('notes')
  expect(await (await documents.open('notes')).read('text')).toBe('welcome')
  expect(hooks.calls).toEqual(['notes', 'notes'])
})

test('HOOK-2: of two servers at once, and of a write that was lost, it is once', async () => {
  const hooks = seeding({ content: 'welcome', root: 't' })
  const store = new KeptOpen(createMemoryStore())
  const [one, other] = [serverWith(hooks, store), serverWith(hooks, store)]
  store.failures = 1
  await expect(one.ytopic.documents.open('notes')).rejects.toThrow('the disk is gone')
  const opened = await Promise.all([
    one.ytopic.documents.open('notes'),
    other.ytopic.documents.open('notes'),
  ])
  for (const document of opened) expect(await document.read('text')).toBe('welcome')
  expect(hooks.calls).toHaveLength(3)
})

test('HOOK-1: an update is taken as it is, where it is sound', async () => {
  const template = new Y.Doc()
  template.getMap('m').set('a', 1)
  const hooks = seeding(Y.encodeStateAsUpdate(template))
  const document = await serverWith(hooks).ytopic.documents.open('notes')
  expect(await document.read('json')).toEqual({ m: { a: 1 } })
  const bad = serverWith(seeding(Uint8Array.of(1, 2, 3)))
  await expect(bad.ytopic.documents.open('notes')).rejects.toMatchObject({ kind: 'hook-failed' })
})

test.each([
  ['throws', () => Promise.reject(new Error('no such template'))],
  ['hangs', () => new Promise<undefined>(() => undefined)],
  ['gives what nobody can read', () => Promise.resolve({ content: 7, format: 'text' as const })],
])('HOOK-3: an onLoad that %s costs those who open that document, for now', async (_, fails) => {
  let isBroken = true
  const onLoad: Hooks['onLoad'] = (name) => {
    if (name !== 'notes') return undefined
    return isBroken ? fails() : { content: 'welcome', root: 't' }
  }
  const store = createMemoryStore()
  const server = serverWith({ onLoad }, store, { hook_ms_max: 300 })
  const client = connect(`${server.url}/ws`, 'notes')
  const closes: number[] = []
  client.provider.on('connection-close', (event) => closes.push(event?.code ?? 0))
  const refused = server.ytopic.documents.open('notes').catch((error: unknown) => error)
  const other = connect(`${server.url}/ws`, 'other')
  await synced(other)
  other.document.getText('t').insert(0, 'goes on')
  expect(await refused).toMatchObject({ kind: 'hook-failed' })
  expect((await store.load('notes')).exists).toBe(false)
  await until('the client was told to come back', () => closes.includes(1011))
  expect(client.provider.synced).toBe(false)
  isBroken = false
  await synced(client)
  expect(textOf(client)).toBe('welcome')
  for (const one of [client, other]) one.end()
})

test('HOOK-4: changes, visits and versions are told, with who', async () => {
  const authority = new LiveAuthority()
  authority.grant('ada', { access: 'write', who: { id: 'ada', name: 'Ada' } })
  const told: unknown[] = []
  const server = serverWith(
    {
      authority,
      onChange: ({ authors, document }) => void told.push(['changed', document, authors]),
      onConnect: ({ session: { protocol, user } }) => void told.push(['came', protocol, user?.id]),
      onDisconnect: ({ session: { protocol } }) => void told.push(['left', protocol]),
      onVersion: ({ version: { kind } }) => void told.push(['version', kind]),
    },
    undefined,
    { event_quiet_ms: 100 },
  )
  const client = connect(`${server.url}/ws`, 'notes', new Y.Doc(), { token: 'ada' })
  await synced(client)
  for (const letter of 'hello') client.document.getText('t').insert(0, letter)
  await until('the change is told', () => told.length === 2)
  await server.ytopic.documents.keep('notes')
  const program = await server.ytopic.documents.open('notes', { who: { id: 'robot' } })
  program.close()
  client.end()
  await until('all is told', () => told.length === 6)
  expect(told).toEqual([
    ['came', 'y-websocket', 'ada'],
    ['changed', 'notes', [{ id: 'ada', name: 'Ada' }]],
    ['version', 'named'],
    ['came', 'in-process', 'robot'],
    ['left', 'in-process'],
    ['left', 'y-websocket'],
  ])
})

test('HOOK-5: a hook that throws or hangs is logged, and costs nobody anything', async () => {
  const fail = (): never => {
    throw new Error('a bug in the program')
  }
  const server = serverWith(
    {
      onChange: fail,
      onConnect: () => new Promise<void>(() => undefined),
      onDisconnect: () => Promise.reject(new Error('later')),
      onVersion: fail,
    },
    undefined,
    { event_quiet_ms: 100, hook_ms_max: 200 },
  )
  const client = connect(`${server.url}/ws`, 'notes')
  await synced(client)
  client.document.getText('t').insert(0, 'kept')
  await until('it is there', () => server.ytopic.metrics.updatesStored > 0)
  await server.ytopic.documents.keep('notes')
  const failed = (): readonly unknown[] =>
    logged.filter(({ event }) => event === 'hook-failed').map(({ fields }) => fields?.['hook'])
  await until('the others are logged', () => failed().length === 3)
  client.end()
  await until('all are logged', () => failed().length === 4)
  const all = ['onChange', 'onConnect', 'onDisconnect', 'onVersion']
  expect(new Set(failed())).toEqual(new Set(all))
  const program = await server.ytopic.documents.open('notes')
  expect(await program.read('text')).toBe('kept')
})

/** A store for several servers, whose disk may fail. */
class KeptOpen extends DelegatingStore {
  failures = 0

  override append(...batch: Parameters<DelegatingStore['append']>) {
    if (this.failures-- > 0) return Promise.reject(new Error('the disk is gone'))
    return super.append(...batch)
  }

  override close(): Promise<void> {
    return Promise.resolve()
  }
}
