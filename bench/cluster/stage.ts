import { join } from 'node:path'
import { Gate } from '../../test/support/harness/gate.ts'
import { startPostgres, type TestPostgres } from '../../test/support/harness/postgres.ts'
import {
  freshDirectory,
  serverCommand,
  type ServerProcess,
  startProcess,
} from '../../test/support/harness/process.ts'
import { startRedis, type TestRedis } from '../../test/support/harness/redis.ts'
import { hocuspocusWire, type Wire, yWire } from '../clients/wires.ts'

/** A program of which several servers are measured. */
export interface Kind {
  readonly name: string
  readonly command: readonly string[]
  /** Where Hocuspocus clients find it. */
  readonly path: string
  /** Where y-websocket clients find it; undefined when it does not speak with them. */
  readonly plainPath: string | undefined
  /** What the raw clients of the bench speak with it. */
  readonly wire: Wire
  /** Where it says whether work should be sent to it; undefined when it does not say. */
  readonly readyPath: string | undefined
}

/** All that is measured. */
export const kinds: readonly Kind[] = [
  {
    name: 'ytopic',
    command: serverCommand,
    path: '/hocuspocus',
    plainPath: '/ws',
    wire: yWire('/ws/'),
    readyPath: '/readyz',
  },
  {
    name: 'Hocuspocus',
    command: ['node', join(import.meta.dir, '..', 'peers', 'hocuspocus-cluster.mjs')],
    path: '/',
    plainPath: undefined,
    wire: hocuspocusWire,
    readyPath: undefined,
  },
]

export type Place = 0 | 1
export const places = [0, 1] as const

/** How a stage differs from the plain one: two servers, PostgreSQL and Redis, no gates. */
export interface StageOptions {
  /** Whether servers reach PostgreSQL and Redis through gates. */
  readonly gated?: boolean
  /** Without one, servers find each other's edits by the database alone. */
  readonly withoutBus?: boolean
  /** A core for each server. */
  readonly cores?: readonly number[]
}

/** Servers of one kind, a database and a bus, all processes of their own. */
export class Stage {
  readonly kind: Kind
  readonly postgres: TestPostgres
  readonly redis: TestRedis
  /** What happened that nobody had ordered. */
  readonly surprises: string[] = []
  readonly #options: StageOptions
  readonly #directory: Awaited<ReturnType<typeof freshDirectory>>
  readonly #gates: { readonly postgres: Gate; readonly redis: Gate }[] = []
  readonly #servers: (ServerProcess | undefined)[] = []
  readonly #leaving = new Set<ServerProcess>()

  private constructor(
    kind: Kind,
    parts: { readonly postgres: TestPostgres; readonly redis: TestRedis },
    directory: Awaited<ReturnType<typeof freshDirectory>>,
    options: StageOptions,
  ) {
    this.kind = kind
    this.postgres = parts.postgres
    this.redis = parts.redis
    this.#directory = directory
    this.#options = options
  }

  /** Starts everything but the servers. */
  static async build(kind: Kind, options: StageOptions = {}): Promise<Stage> {
    const [postgres, redis] = await Promise.all([startPostgres(), startRedis()])
    const stage = new Stage(kind, { postgres, redis }, await freshDirectory(), options)
    if (options.gated === true) {
      for (const _ of places) {
        stage.#gates.push({
          postgres: await Gate.open(() => [postgres.port]),
          redis: await Gate.open(() => [redis.port]),
        })
      }
    }
    return stage
  }

  /** The gates of one server. */
  gates(place: Place): { readonly postgres: Gate; readonly redis: Gate } {
    const gates = this.#gates[place]
    if (gates === undefined) throw new Error('this stage has no gates')
    return gates
  }

  at(place: Place): ServerProcess {
    const server = this.#servers[place]
    if (server === undefined) throw new Error(`server ${place} does not run`)
    return server
  }

  /** Whether it runs, as far as is known. */
  isUp(place: Place): boolean {
    return this.#servers[place] !== undefined
  }

  async start(place: Place): Promise<void> {
    const gates = this.#gates[place]
    const { postgres, redis } = this
    const store = gates === undefined ? postgres.url : withPort(postgres.url, gates.postgres.port)
    const bus = gates === undefined ? redis.url : withPort(redis.url, gates.redis.port)
    const flags = ['--store', store]
    if (this.#options.withoutBus !== true) flags.push('--bus', bus)
    const core = this.#options.cores?.[place]
    const pin = core === undefined ? [] : ['taskset', '-c', `${core}`]
    const command = [...pin, ...this.kind.command]
    const server = await startProcess(this.#directory.path, 0, flags, command)
    this.#servers[place] = server
    const note = (code: number): void => {
      if (this.#servers[place] === server) this.#servers[place] = undefined
      if (this.#leaving.has(server)) return
      this.surprises.push(`server ${place} ended with ${code} by itself`)
    }
    server.gone.then(note, () => undefined)
  }

  /** Ends a server; one that does not go is killed, which is a surprise. */
  async end(place: Place, signal: NodeJS.Signals): Promise<void> {
    const server = this.#servers[place]
    if (server === undefined) return
    this.#leaving.add(server)
    const late = Bun.sleep(30_000).then(() => false)
    const gone = server.end(signal).then(() => true)
    if (await Promise.race([gone, late])) return
    this.surprises.push(`server ${place} did not go within 30 s of ${signal}`)
    await server.end('SIGKILL')
  }

  async close(): Promise<void> {
    await Promise.all(places.map((place) => this.end(place, 'SIGKILL')))
    for (const gates of this.#gates) {
      gates.postgres.stop()
      gates.redis.stop()
    }
    await Promise.all([this.postgres.stop(), this.redis.stop()])
    await this.#directory.remove()
  }
}

function withPort(url: string, port: number): string {
  const other = new URL(url)
  other.port = `${port}`
  return other.href
}
