import { afterEach, beforeEach, expect, test } from 'bun:test'
import { anonymous } from '../../../src/auth/anonymous.ts'
import { silentLog } from '../../../src/base/log.ts'
import { type RunningServer, serve } from '../../../src/ytopic.ts'
import { BusNetwork } from '../../support/fakes/bus.ts'
import { SharedDatabase } from '../../support/fakes/shared-store.ts'
import { connectHocuspocus } from '../../support/harness/hocuspocus.ts'
import { connect, converged, synced } from '../../support/harness/provider.ts'
import { until } from '../../support/harness/wait.ts'
import { type BalancerName, startBalancer } from './balancers.ts'

let ends: (() => Promise<void> | void)[]

beforeEach(() => {
  ends = []
})
afterEach(async () => {
  for (const end of ends.toReversed()) await end()
})

/** Two servers behind a balancer, and the address of that. */
async function startBehind(
  name: BalancerName,
): Promise<{ readonly port: number; readonly servers: readonly [RunningServer, RunningServer] }> {
  const network = new BusNetwork()
  const database = new SharedDatabase()
  const authority = anonymous('write')
  const start = async (): Promise<RunningServer> => {
    const given = { authority, bus: network.bus(), log: silentLog, store: database.opened() }
    const server = await serve({ port: 0, ...given })
    ends.push(() => server.stop().then(() => undefined))
    return server
  }
  const servers = [await start(), await start()] as const
  const { port, stop } = await startBalancer(name, [portOf(servers[0]), portOf(servers[1])])
  ends.push(stop)
  return { port, servers }
}

const portOf = ({ url }: RunningServer): number => Number(url.port)

const opened = (servers: readonly RunningServer[]): readonly number[] =>
  servers.map(({ ytopic }) => ytopic.metrics.connectionsOpened)

test.each(['nginx', 'haproxy', 'caddy'] as const)(
  'CLUSTER-14: behind %s',
  async (name) => {
    const { port, servers } = await startBehind(name)
    const open = (at: number) => {
      const client = connect(`ws://127.0.0.1:${at}/ws`, 'a b/ü')
      ends.push(() => client.end())
      return client
    }
    const [one, two] = [open(port), open(port)]
    const beside = servers.map((server) => open(portOf(server)))
    await synced(one, two, ...beside)
    one.document.getText('t').insert(0, 'through; ')
    await converged(one.document, two.document, ...beside.map(({ document }) => document))
    let closes = 0
    for (const { provider } of [one, two]) provider.on('connection-close', () => closes++)
    // The one that both were sent to, as they have the same document, goes.
    const counts = opened(servers)
    const busy = (counts[0] ?? 0) > (counts[1] ?? 0) ? 0 : 1
    expect([counts[busy], counts[1 - busy]]).toEqual([3, 1])
    await servers[busy]?.stop()
    one.document.getText('t').insert(0, 'after; ')
    const other = beside[1 - busy]
    await until(
      'at the other',
      () => other?.document.getText('t').toString() === 'after; through; ',
    )
    await until('both are back', () => two.document.getText('t').toString() === 'after; through; ')
    // Nobody was sent to the one that was gone.
    expect(closes).toBe(2)
  },
  120_000,
)

test.each(['nginx', 'haproxy', 'caddy'] as const)(
  'CLUSTER-14: Hocuspocus clients are spread, and go where their document is named, behind %s',
  async (name) => {
    const { port, servers } = await startBehind(name)
    const plain = connect(`ws://127.0.0.1:${port}/ws`, 'notes')
    ends.push(() => plain.end())
    await synced(plain)
    const before = opened(servers)
    const url = `ws://127.0.0.1:${port}/hocuspocus`
    const named = connectHocuspocus(4, `${url}?document=notes`, 'notes')
    ends.push(() => named.end())
    await until('synced', () => named.provider.synced)
    expect(opened(servers)).toEqual(before.map((count) => 2 * count))
    for (let count = 0; count < 30; count++) {
      const socket = new WebSocket(url)
      ends.push(() => socket.close())
    }
    await until('all are there', () => (opened(servers)[0] ?? 0) + (opened(servers)[1] ?? 0) === 32)
    expect(Math.min(...opened(servers))).toBeGreaterThan(0)
  },
  120_000,
)
