import { SQL } from 'bun'
import { Gate } from '../harness/gate.ts'
import { startRedis } from '../harness/redis.ts'

/** One of the two. */
interface One {
  readonly port: number
  readonly pid: number
  readonly gone: Promise<number>
  output(): string
  end(signal: NodeJS.Signals): Promise<number>
}

/** Where pairs keep things, if suites are run with two servers: the address of a PostgreSQL. */
export const pairsAt: string | undefined = process.env['YTOPIC_TEST_CLUSTER']

/** The database of each data directory, which a pair has in its place. */
const databases = new Map<string, string>()

/** A way to two servers, which take the connections by turns. */
export function byTurns(ports: readonly number[]): () => readonly number[] {
  let turn = 0
  return () => (turn++ % 2 === 0 ? ports : ports.toReversed())
}

/** A database that nobody else has. @returns its address */
export async function freshDatabase(postgres: string): Promise<string> {
  const name = `pair_${crypto.randomUUID().replaceAll('-', '')}`
  const sql = new SQL({ url: postgres, max: 1 })
  await sql.unsafe(`CREATE DATABASE ${name}`)
  await sql.close()
  const url = new URL(postgres)
  url.pathname = name
  return url.href
}

/**
 * Starts two servers on one PostgreSQL and one Redis, and hands out connections by turns.
 * @param data names the documents, as a directory would for one server
 * @param start starts one, on a port of its own, with those flags more
 */
export async function startPair(
  data: string,
  port: number,
  postgres: string,
  start: (more: readonly string[]) => Promise<One>,
) {
  const store = databases.get(data) ?? (await freshDatabase(postgres))
  databases.set(data, store)
  const redis = await startRedis()
  const shared = ['--store', store, '--bus', redis.url]
  const servers = await Promise.all([start(shared), start(shared)])
  const [one, two] = servers
  const gate = await Gate.open(byTurns([one.port, two.port]), port)
  return {
    port: gate.port,
    url: `ws://127.0.0.1:${gate.port}`,
    http: `http://127.0.0.1:${gate.port}`,
    pid: one.pid,
    output: () => one.output() + two.output(),
    async end(signal: NodeJS.Signals): Promise<number> {
      const codes = await Promise.all(servers.map((server) => server.end(signal)))
      gate.stop()
      await redis.stop()
      return Math.max(...codes)
    },
    gone: Promise.all([one.gone, two.gone]).then((codes) => Math.max(...codes)),
  }
}
