import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'bun:test'
import { type Received, startReceiver } from '../../source/events/receiver.ts'
import { startPostgres, type TestPostgres } from '../../support/harness/postgres.ts'
import { freshDirectory, type ServerProcess, startProcess } from '../../support/harness/process.ts'
import { type Client, connect, synced } from '../../support/harness/provider.ts'
import { startRedis, type TestRedis } from '../../support/harness/redis.ts'
import { until } from '../../support/harness/wait.ts'

const slowMs = 120_000
/** How soon a change is told, and a version kept: both servers are due at the same time. */
const soon = ['--event-quiet-ms', '500ms', '--version-quiet-ms', '1s', '--heads-poll-ms', '50ms']

let postgres: TestPostgres
let redis: TestRedis
let directory: Awaited<ReturnType<typeof freshDirectory>>
let servers: ServerProcess[]
let ends: (() => Promise<void> | void)[]

beforeAll(async () => {
  ;[postgres, redis] = await Promise.all([startPostgres(), startRedis()])
}, slowMs)
afterAll(() => Promise.all([postgres.stop(), redis.stop()]))
beforeEach(async () => {
  directory = await freshDirectory()
  servers = []
  ends = []
})
afterEach(async () => {
  for (const end of ends.toReversed()) await end()
  await Promise.all(servers.map((server) => server.end('SIGKILL')))
  await postgres.sql.unsafe('DROP SCHEMA IF EXISTS ytopic CASCADE')
  await directory.remove()
})

async function start(): Promise<ServerProcess> {
  const shared = ['--store', postgres.url, '--bus', redis.url, '--webhooks-allow-private']
  const server = await startProcess(directory.path, 0, [...shared, ...soon])
  servers.push(server)
  return server
}

async function post({ http }: ServerProcess, path: string, body: object): Promise<void> {
  const answer = await fetch(`${http}/api/v1${path}`, {
    method: 'POST',
    body: JSON.stringify(body),
  })
  expect(answer.status).toBe(201)
}

async function client({ url }: ServerProcess, name: string): Promise<Client> {
  const one = connect(`${url}/ws`, name)
  ends.push(() => one.end())
  await synced(one)
  return one
}

/** Ids of the events that were stored, by the order in which they happened. */
async function stored({ http }: ServerProcess): Promise<readonly string[]> {
  const answer = await fetch(`${http}/api/v1/events?limit=100`)
  const { events } = (await answer.json()) as { events: readonly { readonly id: string }[] }
  return events.map(({ id }) => id)
}

/** The documents of the rows of a table, by name. */
async function documentsOf(query: string): Promise<readonly string[]> {
  const rows: readonly { readonly name: string }[] = await postgres.sql.unsafe(query)
  return rows.map(({ name }) => name)
}

const changes = (): Promise<readonly string[]> =>
  documentsOf(`SELECT convert_from(document, 'UTF8') AS name FROM ytopic.event
    WHERE type = 'document.changed'`)

const versions = (): Promise<readonly string[]> =>
  documentsOf(`SELECT convert_from(d.name, 'UTF8') AS name FROM ytopic.version v
    JOIN ytopic.document d ON d.id = v.document`)

const idsOf = (received: readonly Received[]): readonly string[] => received.map(({ id }) => id)

test(
  'EVENT-17: of two servers on one database each event is delivered once',
  async () => {
    const [a, b] = await Promise.all([start(), start()])
    const receiver = startReceiver()
    ends.push(() => receiver.stop())
    await post(a, '/webhooks', { url: receiver.url })
    const names = Array.from({ length: 20 }, (_, index) => `d${index}`)
    for (const [index, name] of names.entries()) {
      await post(index % 2 === 0 ? a : b, '/documents', { name })
    }
    await until('all came', async () => {
      const ids = await stored(b)
      return ids.length >= names.length && receiver.received.length >= ids.length
    })
    expect(idsOf(receiver.received).toSorted()).toEqual((await stored(a)).toSorted())
  },
  slowMs,
)

test(
  'POSTGRES-15: what is open on two servers is told of once, and kept as one version',
  async () => {
    const [a, b] = await Promise.all([start(), start()])
    const receiver = startReceiver()
    ends.push(() => receiver.stop())
    await post(a, '/webhooks', { url: receiver.url, events: ['document.changed'] })
    const names = Array.from({ length: 6 }, (_, index) => `d${index}`)
    const pairs = await Promise.all(
      names.map(async (name) => [await client(a, name), await client(b, name)] as const),
    )
    for (const [index, [one, two]] of pairs.entries()) {
      const [writer, reader] = index % 2 === 0 ? [one, two] : [two, one]
      writer.document.getText('t').insert(0, 'text')
      await until('across', () => reader.document.getText('t').length === 4)
    }
    await until('all are told', () => receiver.received.length >= names.length)
    await until('all are kept', async () => (await versions()).length >= names.length)
    // Whoever leaves has told, and kept, all that it was about to.
    await Promise.all([a.end('SIGTERM'), b.end('SIGTERM')])
    expect((await changes()).toSorted()).toEqual(names)
    expect((await versions()).toSorted()).toEqual(names)
    expect(receiver.received.map(({ document }) => document).toSorted()).toEqual(names)
  },
  slowMs,
)
