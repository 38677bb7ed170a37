import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'bun:test'
import type { Awareness } from 'y-protocols/awareness'
import { Gate } from '../../support/harness/gate.ts'
import { connectHocuspocus } from '../../support/harness/hocuspocus.ts'
import { startPostgres, type TestPostgres } from '../../support/harness/postgres.ts'
import { freshDirectory, type ServerProcess, startProcess } from '../../support/harness/process.ts'
import { connect, converged, synced } from '../../support/harness/provider.ts'
import { startRedis, type TestRedis } from '../../support/harness/redis.ts'
import { until } from '../../support/harness/wait.ts'

let postgres: TestPostgres
let redis: TestRedis
let directory: Awaited<ReturnType<typeof freshDirectory>>
let servers: ServerProcess[]
let way: Gate
let ends: (() => void)[]

beforeAll(async () => {
  ;[postgres, redis] = await Promise.all([startPostgres(), startRedis()])
}, 120_000)
afterAll(() => Promise.all([postgres.stop(), redis.stop()]))
beforeEach(async () => {
  directory = await freshDirectory()
  const flags = ['--store', postgres.url, '--bus', redis.url, '--handover-ms-max', '10s']
  const start = () => startProcess(directory.path, 0, flags)
  servers = await Promise.all([start(), start()])
  way = await Gate.open(() => servers.map(({ port }) => port))
  ends = []
}, 120_000)
afterEach(async () => {
  for (const end of ends) end()
  await Promise.all(servers.map((server) => server.end('SIGKILL')))
  way.stop()
  await directory.remove()
})

/** Both protocols' clients of one document at an address. */
function pairAt(port: number) {
  const one = connect(`ws://127.0.0.1:${port}/ws`, 'notes')
  const two = connectHocuspocus(4, `ws://127.0.0.1:${port}/hocuspocus`, 'notes')
  ends.push(
    () => one.end(),
    () => two.end(),
  )
  return [one, two] as const
}

/** Who a client sees, and everybody whom it has ever seen go. */
function watched(awareness: Awareness | null) {
  const gone = new Set<unknown>()
  const names = new Map<number, unknown>()
  const seen = (): ReadonlySet<unknown> =>
    new Set([...(awareness?.getStates().values() ?? [])].flatMap((state) => state['user'] ?? []))
  awareness?.on('change', ({ removed }: { readonly removed: readonly number[] }) => {
    for (const id of removed) gone.add(names.get(id))
    for (const [id, state] of awareness.getStates()) names.set(id, state['user'])
  })
  return { gone, seen }
}

test('CLUSTER-18: nobody sees those go whom a leaving server sends to another', async () => {
  const [a, b] = servers
  if (a === undefined || b === undefined) throw new Error('No servers.')
  const [one, two] = pairAt(way.port)
  // These know one server alone, and do not come back.
  const stays = connect(`${a.url}/ws`, 'notes')
  const watchers = pairAt(b.port)
  ends.push(() => stays.end())
  await synced(one, stays, watchers[0])
  await until('synced', () => two.provider.synced && watchers[1].provider.synced)
  one.provider.awareness.setLocalStateField('user', 'Ana')
  two.provider.setAwarenessField('user', 'Ben')
  stays.provider.awareness.setLocalStateField('user', 'Cem')
  const watches = watchers.map(({ provider }) => watched(provider.awareness))
  await until('all are seen', () => watches.every(({ seen }) => seen().size === 3))
  let typed = 0
  const typing = setInterval(() => {
    one.document.getArray('one').push([typed])
    two.document.getArray('two').push([typed++])
  }, 20)
  ends.push(() => clearInterval(typing))
  expect(await a.end('SIGTERM')).toBe(0)
  await until('both are back', () => one.provider.synced && two.provider.synced)
  clearInterval(typing)
  await converged(one.document, two.document, ...watchers.map(({ document }) => document))
  for (const root of ['one', 'two']) {
    expect(watchers[0].document.getArray(root).toArray()).toEqual([...Array(typed).keys()])
  }
  await until('who stays away goes', () => watches.every(({ gone }) => gone.has('Cem')))
  for (const { gone, seen } of watches) {
    expect([...gone]).toEqual(['Cem'])
    expect(seen()).toEqual(new Set(['Ana', 'Ben']))
  }
}, 120_000)
