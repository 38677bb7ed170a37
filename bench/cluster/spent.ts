import { cpuMsOf, familyCpuMsOf, parentOf } from '../processes.ts'
import { places, type Stage } from './stage.ts'

/** CPU of the processes of a stage, in milliseconds, and what its servers have counted. */
export interface Spent {
  /** By place; 0 for one that does not run. */
  readonly servers: readonly [number, number]
  readonly postgres: number
  readonly redis: number
  /** Of this process, which is all clients. */
  readonly clients: number
  /** Transactions of the servers by their own count; 0 when they do not count. */
  readonly commits: number
  /** Messages that they have given to Redis, likewise. */
  readonly messages: number
}

/** Looks at all processes of a stage. */
export class Meter {
  readonly #stage: Stage
  readonly #postmaster: number
  readonly #redis: number

  private constructor(stage: Stage, postmaster: number, redis: number) {
    this.#stage = stage
    this.#postmaster = postmaster
    this.#redis = redis
  }

  static async of(stage: Stage): Promise<Meter> {
    const rows: readonly { readonly pid: number }[] = await stage.postgres.sql.unsafe(
      'SELECT pg_backend_pid() AS pid',
    )
    const info = String(await stage.redis.command('INFO', 'server'))
    const redis = Number(/process_id:(\d+)/.exec(info)?.[1])
    return new Meter(stage, parentOf(rows[0]?.pid ?? 0), redis)
  }

  async read(): Promise<Spent> {
    const cpu = (place: 0 | 1): number =>
      this.#stage.isUp(place) ? cpuMsOf(this.#stage.at(place).pid) : 0
    const counted = await Promise.all(places.map((place) => this.#counted(place)))
    const { user, system } = process.cpuUsage()
    return {
      servers: [cpu(0), cpu(1)],
      postgres: familyCpuMsOf(this.#postmaster),
      redis: cpuMsOf(this.#redis),
      clients: (user + system) / 1_000,
      commits: counted.reduce((sum, { commits }) => sum + commits, 0),
      messages: counted.reduce((sum, { busMessagesSent }) => sum + busMessagesSent, 0),
    }
  }

  async #counted(place: 0 | 1): Promise<{ commits: number; busMessagesSent: number }> {
    const { kind } = this.#stage
    if (kind.readyPath === undefined || !this.#stage.isUp(place)) {
      return { commits: 0, busMessagesSent: 0 }
    }
    const answer = await fetch(`${this.#stage.at(place).http}/healthz`)
    const { metrics } = await answer.json()
    return metrics
  }
}

/** What was spent between two looks. */
export function spentBetween(before: Spent, after: Spent): Spent {
  return {
    servers: [after.servers[0] - before.servers[0], after.servers[1] - before.servers[1]],
    postgres: after.postgres - before.postgres,
    redis: after.redis - before.redis,
    clients: after.clients - before.clients,
    commits: after.commits - before.commits,
    messages: after.messages - before.messages,
  }
}
