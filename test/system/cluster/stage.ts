import { Gate } from '../../support/harness/gate.ts'
import { startPostgres, type TestPostgres } from '../../support/harness/postgres.ts'
import { freshDirectory, type ServerProcess, startProcess } from '../../support/harness/process.ts'
import { startRedis, type TestRedis } from '../../support/harness/redis.ts'

/** One of the two servers. */
export type Place = 0 | 1

/** The ways of one server, each of which can be cut. */
interface Ways {
  /** From its clients, who come to the other server while it is gone. */
  readonly clients: Gate
  readonly store: Gate
  readonly bus: Gate
}

/** Two servers, a database and a bus, all processes of their own. */
export class Stage {
  readonly postgres: TestPostgres
  readonly redis: TestRedis
  readonly #data: Awaited<ReturnType<typeof freshDirectory>>
  readonly #ways: readonly [Ways, Ways]
  readonly #servers: ServerProcess[] = []

  private constructor(
    postgres: TestPostgres,
    redis: TestRedis,
    data: Awaited<ReturnType<typeof freshDirectory>>,
    ways: readonly [Ways, Ways],
  ) {
    this.postgres = postgres
    this.redis = redis
    this.#data = data
    this.#ways = ways
  }

  /** Starts all. */
  static async open(): Promise<Stage> {
    const [postgres, redis] = [await startPostgres(), await startRedis()]
    const ports: number[] = []
    const waysOf = async (servers: () => readonly number[]): Promise<Ways> => ({
      clients: await Gate.open(servers),
      store: await Gate.open(() => [postgres.port]),
      bus: await Gate.open(() => [redis.port]),
    })
    const ways = [await waysOf(() => ports), await waysOf(() => ports.toReversed())] as const
    const stage = new Stage(postgres, redis, await freshDirectory(), ways)
    await Promise.all([stage.start(0), stage.start(1)])
    ports.push(...stage.#servers.map(({ port }) => port))
    return stage
  }

  /** Where clients find a server, or the other while it is gone. */
  url(place: Place): string {
    return `ws://127.0.0.1:${this.ways(place).clients.port}`
  }

  ways(place: Place): Ways {
    return this.#ways[place]
  }

  async start(place: Place): Promise<void> {
    const { bus, store } = this.ways(place)
    const at = (url: string, { port }: Gate): string => {
      const there = new URL(url)
      there.port = `${port}`
      return there.href
    }
    const flags = ['--store', at(this.postgres.url, store), '--bus', at(this.redis.url, bus)]
    const limits = ['--store-silence-ms-max', '10s', '--store-retry-ms-max', '500ms']
    const port = this.#servers[place]?.port ?? 0
    this.#servers[place] = await startProcess(this.#data.path, port, [...flags, ...limits])
  }

  async end(place: Place, signal: NodeJS.Signals): Promise<void> {
    await this.#servers[place]?.end(signal)
  }

  async stop(): Promise<void> {
    await Promise.all(this.#servers.map((server) => server.end('SIGKILL')))
    await Promise.all([this.postgres.stop(), this.redis.stop()])
    const ways = this.#ways.flatMap(({ bus, clients, store }) => [bus, clients, store])
    for (const way of ways) way.stop()
    await this.#data.remove()
  }
}
