import { afterEach, beforeEach, expect, test } from 'bun:test'
import { Gate } from '../../support/harness/gate.ts'
import { connectHocuspocus } from '../../support/harness/hocuspocus.ts'
import { startPostgres } from '../../support/harness/postgres.ts'
import { freshDirectory, type ServerProcess, startProcess } from '../../support/harness/process.ts'
import { connect, synced } from '../../support/harness/provider.ts'
import { startRedis } from '../../support/harness/redis.ts'
import { until } from '../../support/harness/wait.ts'
import { type BalancerName, startBalancer } from './balancers.ts'

const patienceMs = 120_000
let ends: (() => Promise<unknown> | void)[]

beforeEach(() => {
  ends = []
})
afterEach(async () => {
  for (const end of ends.toReversed()) await end()
}, 120_000)

interface Member {
  readonly server: ServerProcess
  /** Its way to the database. */
  readonly store: Gate
}

/** Two servers behind a balancer, each with a way to the database of its own. */
async function startBehind(name: BalancerName) {
  const [directory, postgres, redis] = [
    await freshDirectory(),
    await startPostgres(),
    await startRedis(),
  ]
  ends.push(
    () => directory.remove(),
    () => postgres.stop(),
    () => redis.stop(),
  )
  const start = async (): Promise<Member> => {
    const store = await Gate.open(() => [postgres.port])
    const url = postgres.url.replace(`:${postgres.port}/`, `:${store.port}/`)
    const limits = ['--store-silence-ms-max', '20s', '--store-elsewhere-ms-max', '2s']
    const flags = ['--store', url, '--bus', redis.url, ...limits]
    const server = await startProcess(directory.path, 0, flags)
    ends.push(
      () => store.stop(),
      () => server.end('SIGKILL'),
    )
    return { server, store }
  }
  const members = [await start(), await start()] as const
  const balancer = await startBalancer(name, [members[0].server.port, members[1].server.port])
  ends.push(() => balancer.stop())
  return { members, port: balancer.port }
}

async function connectionsOf({ server }: Member): Promise<number> {
  const answer = await fetch(`${server.http}/healthz`)
  return ((await answer.json()) as { readonly connections: number }).connections
}

const leave = async (name: BalancerName): Promise<void> => {
  const { members, port } = await startBehind(name)
  const one = connect(`ws://127.0.0.1:${port}/ws`, 'notes')
  const url = `ws://127.0.0.1:${port}/hocuspocus?document=notes`
  const two = connectHocuspocus(4, url, 'notes')
  ends.push(
    () => one.end(),
    () => two.end(),
  )
  await synced(one)
  await until('synced', () => two.provider.synced)
  const counts = await Promise.all(members.map(connectionsOf))
  const [alone, other] = (counts[0] ?? 0) > 0 ? members : members.toReversed()
  if (alone === undefined || other === undefined) throw new Error('No servers.')
  expect(await connectionsOf(other)).toBe(0)
  let typed = 0
  const typing = setInterval(() => {
    one.document.getArray('one').push([typed])
    two.document.getArray('two').push([typed++])
  }, 20)
  ends.push(() => clearInterval(typing))
  await until('both type', () => one.document.getArray('two').length > 10)
  alone.store.set('cut')
  await until('both are moved', async () => (await connectionsOf(other)) === 2, patienceMs)
  clearInterval(typing)
  await until('saved', () => two.provider.synced && !two.provider.hasUnsyncedChanges, patienceMs)
  // What it had taken and could not store is with the clients.
  await alone.server.end('SIGKILL')
  const reader = connect(`${other.server.url}/ws`, 'notes')
  ends.push(() => reader.end())
  await synced(reader)
  const all = [...Array(typed).keys()]
  const has = (root: string) => reader.document.getArray(root).toArray()
  await until('all is there', () => has('one').length + has('two').length >= 2 * typed)
  expect([has('one'), has('two')]).toEqual([all, all])
}

const what = 'clients leave the one server that lacks its store, losing nothing'
test.each(['nginx', 'haproxy', 'caddy'] as const)(
  `CLUSTER-24, CLUSTER-28: behind %s ${what}`,
  leave,
  240_000,
)
