import type { Socket } from 'bun'
import { startPostgres, type TestPostgres } from '../harness/postgres.ts'
import { startRedis, type TestRedis } from '../harness/redis.ts'

/** One of the two. */
interface One {
  readonly port: number
  readonly pid: number
  readonly gone: Promise<number>
  output(): string
  end(signal: NodeJS.Signals): Promise<number>
}

/** The programs that all pairs of this process share. */
let around: Promise<readonly [TestPostgres, TestRedis]> | undefined
/** The database of each data directory, which a pair has in its place. */
const databases = new Map<string, string>()

/**
 * Starts two servers on one PostgreSQL and one Redis, and hands out connections by turns.
 * @param data names the documents, as a directory would for one server
 * @param start starts one, on a port of its own, with those flags more
 */
export async function startPair(
  data: string,
  port: number,
  start: (more: readonly string[]) => Promise<One>,
) {
  around ??= Promise.all([startPostgres(), startRedis()])
  const [postgres, redis] = await around
  const name = databases.get(data) ?? `pair_${databases.size}`
  if (!databases.has(data)) await postgres.sql.unsafe(`CREATE DATABASE ${name}`)
  databases.set(data, name)
  const store = postgres.url.replace(/\/postgres$/, `/${name}`)
  const shared = ['--store', store, '--bus', redis.url]
  const servers = await Promise.all([start(shared), start(shared)])
  const [one, two] = servers
  const forwarder = forward(port, [one.port, two.port])
  return {
    port: forwarder.port,
    url: `ws://127.0.0.1:${forwarder.port}`,
    http: `http://127.0.0.1:${forwarder.port}`,
    pid: one.pid,
    output: () => one.output() + two.output(),
    async end(signal: NodeJS.Signals): Promise<number> {
      const codes = await Promise.all(servers.map((server) => server.end(signal)))
      forwarder.stop()
      return Math.max(...codes)
    },
    gone: Promise.all([one.gone, two.gone]).then((codes) => Math.max(...codes)),
  }
}

/** Ends the programs around the pairs, where there were any: when a file has done its tests. */
export async function stopAround(): Promise<void> {
  const programs = await around
  around = undefined
  databases.clear()
  await Promise.all((programs ?? []).map((program) => program.stop()))
}

interface Side {
  other: Socket<Side> | undefined
  waiting: Uint8Array[]
}

/** Hands each connection to the next of the ports. */
function forward(port: number, to: readonly [number, number]) {
  let turn = 0
  const open = new Set<Socket<Side>>()
  const write = (socket: Socket<Side> | undefined, { waiting }: Side): void => {
    if (socket === undefined) return
    for (let first = waiting[0]; first !== undefined; first = waiting[0]) {
      const written = socket.write(first)
      if (written < first.length) {
        // The rest goes when it has drained.
        if (written > 0) waiting[0] = first.subarray(written)
        return
      }
      waiting.shift()
    }
  }
  const handlers = {
    data(socket: Socket<Side>, bytes: Uint8Array) {
      socket.data.waiting.push(bytes.slice())
      write(socket.data.other, socket.data)
    },
    drain(socket: Socket<Side>) {
      const from = socket.data.other
      if (from !== undefined) write(socket, from.data)
    },
    close(socket: Socket<Side>) {
      open.delete(socket)
      socket.data.other?.end()
    },
    error() {},
  }
  const listener = Bun.listen<Side>({
    hostname: '127.0.0.1',
    port,
    socket: {
      ...handlers,
      open(socket) {
        socket.data = { other: undefined, waiting: [] }
        open.add(socket)
        Bun.connect<Side>({
          hostname: '127.0.0.1',
          port: to[turn++ % 2] ?? to[0],
          data: { other: socket, waiting: [] },
          socket: {
            ...handlers,
            open(there) {
              open.add(there)
              socket.data.other = there
              write(there, socket.data)
            },
          },
        }).catch(() => socket.end())
      },
    },
  })
  return {
    port: listener.port,
    stop: () => {
      listener.stop(true)
      for (const socket of open) socket.end()
    },
  }
}
