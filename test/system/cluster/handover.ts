import { HocuspocusProviderWebsocket } from 'hocuspocus-provider-4'
import { Gate } from '../../support/harness/gate.ts'
import { connectHocuspocus } from '../../support/harness/hocuspocus.ts'
import { startPostgres } from '../../support/harness/postgres.ts'
import { freshDirectory, type ServerProcess, startProcess } from '../../support/harness/process.ts'
import { connect } from '../../support/harness/provider.ts'
import { startRedis } from '../../support/harness/redis.ts'
import { until } from '../../support/harness/wait.ts'
import { startBalancer } from './balancers.ts'

/** What stands before the servers: a balancer, or what tries one server after the other. */
export const ways = ['forwarder', 'haproxy', 'nginx'] as const

/** A published client that is handed over. */
interface Mover {
  readonly kind: string
  readonly isSynced: () => boolean
  /** When it was closed, and when it was in its document again. */
  closedAt: number | undefined
  backAt: number | undefined
  /** Connections that came to nothing meanwhile. */
  failures: number
  readonly end: () => void
}

/** How long clients of one kind were without a server. */
export interface Handover {
  readonly kind: string
  readonly milliseconds: readonly number[]
  readonly failures: number
}

const patienceMs = 120_000

/**
 * Two servers behind that way, of which the one with most clients is told to leave.
 * @param clients of each kind, each with a document of its own
 */
export async function measureHandover(
  way: (typeof ways)[number],
  rounds: number,
  clients: number,
): Promise<readonly Handover[]> {
  const directory = await freshDirectory()
  const [postgres, redis] = [await startPostgres(), await startRedis()]
  const flags = ['--store', postgres.url, '--bus', redis.url]
  const moved: Mover[] = []
  try {
    for (let round = 0; round < rounds; round++) {
      const start = (): Promise<ServerProcess> => startProcess(directory.path, 0, flags)
      const servers = [await start(), await start()] as const
      moved.push(...(await handOver(way, servers, `round-${round}`, clients)))
      await Promise.all(servers.map((server) => server.end('SIGKILL')))
    }
  } finally {
    await Promise.all([postgres.stop(), redis.stop()])
    await directory.remove()
  }
  return [...Map.groupBy(moved, ({ kind }) => kind)].map(([kind, movers]) => ({
    kind,
    milliseconds: movers.map(({ backAt = 0, closedAt = 0 }) => backAt - closedAt),
    failures: movers.reduce((sum, { failures }) => sum + failures, 0),
  }))
}

/** @returns those who were sent from one to the other */
async function handOver(
  way: (typeof ways)[number],
  servers: readonly [ServerProcess, ServerProcess],
  prefix: string,
  clients: number,
): Promise<readonly Mover[]> {
  const ports = [servers[0].port, servers[1].port] as const
  const before = await (way === 'forwarder' ? Gate.open(() => ports) : startBalancer(way, ports))
  const movers = Array.from({ length: clients }, (_, index) => `${prefix}-${index}`).flatMap(
    (document) => [
      yWebsocketMover(before.port, document),
      hocuspocusMover('Hocuspocus', before.port, document, {}),
      hocuspocusMover('Hocuspocus, delay 200', before.port, document, { delay: 200 }),
    ],
  )
  await until('all open', () => movers.every(({ isSynced }) => isSynced()), patienceMs)
  const [one, two] = await Promise.all(servers.map(connectionsOf))
  const leaving = (one ?? 0) < (two ?? 0) ? servers[1] : servers[0]
  await leaving.end('SIGTERM')
  const meant = movers.filter(({ closedAt }) => closedAt !== undefined)
  await until('all back', () => meant.every(({ backAt }) => backAt !== undefined), patienceMs)
  for (const mover of movers) mover.end()
  await before.stop()
  return meant
}

async function connectionsOf({ http }: ServerProcess): Promise<number> {
  const health = (await (await fetch(`${http}/healthz`)).json()) as { readonly connections: number }
  return health.connections
}

function closes(mover: Mover): void {
  if (mover.closedAt === undefined) mover.closedAt = performance.now()
  else mover.failures++
}

function opens(mover: Mover): void {
  if (mover.closedAt !== undefined) mover.backAt ??= performance.now()
}

function yWebsocketMover(port: number, document: string): Mover {
  const client = connect(`ws://127.0.0.1:${port}/ws`, document)
  const { provider } = client
  const mover: Mover = {
    kind: 'y-websocket',
    isSynced: () => provider.synced,
    closedAt: undefined,
    backAt: undefined,
    failures: 0,
    end: () => client.end(),
  }
  provider.on('connection-close', (event) => {
    // Without one it was the client itself that closed.
    if (event !== null) closes(mover)
  })
  provider.on('sync', (isSynced) => {
    if (isSynced) opens(mover)
  })
  return mover
}

function hocuspocusMover(
  kind: string,
  port: number,
  document: string,
  waits: { readonly delay?: number },
): Mover {
  const minDelay = waits.delay === undefined ? {} : { minDelay: waits.delay }
  const url = `ws://127.0.0.1:${port}/hocuspocus?document=${document}`
  const given = { url, WebSocketPolyfill: WebSocket, ...waits, ...minDelay }
  const socket = new HocuspocusProviderWebsocket(given)
  const client = connectHocuspocus(4, url, document, { socket })
  const mover: Mover = {
    kind,
    isSynced: () => client.provider.synced,
    closedAt: undefined,
    backAt: undefined,
    failures: 0,
    end() {
      client.end()
      socket.destroy()
    },
  }
  socket.on('close', () => closes(mover))
  client.provider.on('synced', () => opens(mover))
  return mover
}
