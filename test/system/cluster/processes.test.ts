import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'bun:test'
import { connectHocuspocus, type HocuspocusClient } from '../../support/harness/hocuspocus.ts'
import { startPostgres, type TestPostgres } from '../../support/harness/postgres.ts'
import { freshDirectory, type ServerProcess, startProcess } from '../../support/harness/process.ts'
import { type Client, connect, converged, synced } from '../../support/harness/provider.ts'
import { until } from '../../support/harness/wait.ts'
import { runClusterRounds } from './rounds.ts'

let postgres: TestPostgres
let directory: Awaited<ReturnType<typeof freshDirectory>>
let servers: ServerProcess[]
let ends: (() => void)[]

beforeAll(async () => {
  postgres = await startPostgres()
}, 120_000)
afterAll(() => postgres.stop())
beforeEach(async () => {
  directory = await freshDirectory()
  servers = []
  ends = []
})
afterEach(async () => {
  for (const end of ends) end()
  await Promise.all(servers.map((server) => server.end('SIGKILL')))
  await directory.remove()
})

async function start(): Promise<ServerProcess> {
  const server = await startProcess(directory.path, 0, ['--store', postgres.url])
  servers.push(server)
  return server
}

async function stock({ url }: ServerProcess, name: string): Promise<Client> {
  const client = connect(`${url}/ws`, name)
  ends.push(() => client.end())
  await synced(client)
  return client
}

async function hocuspocus({ url }: ServerProcess, name: string): Promise<HocuspocusClient> {
  const client = connectHocuspocus(4, `${url}/hocuspocus`, name)
  ends.push(() => client.end())
  await until('synced', () => client.provider.synced)
  return client
}

test.each(['kill a server', 'kill Redis', 'cut a server from PostgreSQL'] as const)(
  'CLUSTER-13, CLUSTER-31: what was saved is there once, and who is here is seen: %s',
  async (kind) => {
    const [outcome] = await runClusterRounds([kind])
    expect(outcome?.faults).toEqual([])
    expect(outcome?.receipts).toBeGreaterThan(50)
  },
  240_000,
)

test('CLUSTER-6: two servers on one database are one, and one of them may be killed', async () => {
  const [a, b] = [await start(), await start()]
  const one = await hocuspocus(a, 'together')
  const two = await stock(b, 'together')
  one.document.getText('t').insert(0, 'from a; ')
  two.document.getText('t').insert(0, 'from b; ')
  await converged(one.document, two.document)
  expect(two.document.getText('t').toString()).toHaveLength(16)
  const map = one.document.getMap('m')
  for (let index = 0; index < 50; index++) map.set(`${index}`, index)
  await until('saved', () => !one.provider.hasUnsyncedChanges)
  await a.end('SIGKILL')
  const late = await hocuspocus(b, 'together')
  await until('all is there', () => late.document.getMap('m').size === 50)
  await until('it came to who was here', () => two.document.getMap('m').size === 50)
  two.document.getText('t').insert(0, 'goes on; ')
  await converged(late.document, two.document)
})
