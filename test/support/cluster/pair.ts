import { Gate } from '../harness/gate.ts'
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
  const ports = [one.port, two.port]
  let turn = 0
  const gate = await Gate.open(() => (turn++ % 2 === 0 ? ports : ports.toReversed()), port)
  return {
    port: gate.port,
    url: `ws://127.0.0.1:${gate.port}`,
    http: `http://127.0.0.1:${gate.port}`,
    pid: one.pid,
    output: () => one.output() + two.output(),
    async end(signal: NodeJS.Signals): Promise<number> {
      const codes = await Promise.all(servers.map((server) => server.end(signal)))
      gate.stop()
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
