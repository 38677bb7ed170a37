import { freshDirectory, type ServerProcess, startProcess } from '../../support/harness/process.ts'
import { Random } from '../sim/random.ts'
import type { Attack } from './attack.ts'
import type { Victim } from './attacker.ts'
import { invite, quiet, type Witnesses } from './witness.ts'

/** What an operator sees of a server. */
interface Health {
  readonly rooms: number
  readonly connections: number
  readonly metrics: Readonly<Record<string, number>>
}

/** A server under attack, with people in a document beside it. */
export interface Stage {
  readonly server: ServerProcess
  /** The documents that were attacked so far, and what is the last word in each. */
  readonly lastWords: ReadonlyMap<string, string>
  victim(document: string): Victim
  /**
   * Runs one round against a document of its own.
   * @throws Error when somebody in that document or in the calm one is stuck, or an attacker stays
   * @returns how long the calm document's people waited for each other at most, in milliseconds
   */
  endure(attack: Attack, seed: number): Promise<number>
  health(): Promise<Health>
  /** Resident memory of the server, in megabytes. */
  megabytes(): number
  /** `kill -9`, and another start on the same data. */
  restart(): Promise<void>
  close(): Promise<void>
}

const flags = ['--deny-delay-ms', '10ms', '--room-idle-ms-max', '1s']

/** Starts a server in a process of its own. */
export async function openStage(): Promise<Stage> {
  const directory = await freshDirectory()
  let server = await startProcess(directory.path, 0, flags)
  let calm = await invite(server.url, 'calm')
  const lastWords = new Map<string, string>()
  const victim = (document: string): Victim => ({ ...server, document })
  return {
    get server() {
      return server
    },
    lastWords,
    victim,
    async endure(attack, seed) {
      const document = `${attack.name} ${seed}`.replaceAll(' ', '-')
      const people = await invite(server.url, document)
      const worst = await meanwhile(calm, () => attack.run(victim(document), new Random(seed)))
      await people.exchange()
      await calm.exchange()
      lastWords.set(document, people.lastWord)
      people.end()
      await quiet(server.http, 2)
      return worst
    },
    async health() {
      return (await (await fetch(`${server.http}/healthz`)).json()) as Health
    },
    megabytes() {
      const { stdout } = Bun.spawnSync(['ps', '-o', 'rss=', '-p', `${server.pid}`])
      return Number(stdout.toString()) / 1024
    },
    async restart() {
      calm.end()
      await server.end('SIGKILL')
      server = await startProcess(directory.path, 0, flags)
      calm = await invite(server.url, 'calm')
    },
    async close() {
      calm.end()
      await server.end('SIGKILL')
      await directory.remove()
    },
  }
}

/** The people of a document talk for as long as the work lasts. */
async function meanwhile(people: Witnesses, work: () => Promise<void>): Promise<number> {
  const over = new AbortController()
  const talk = async (): Promise<number> => {
    let worst = 0
    while (!over.signal.aborted) {
      worst = Math.max(worst, await people.exchange())
      await Bun.sleep(5)
    }
    return worst
  }
  const talking = talk()
  await work().finally(() => over.abort())
  return talking
}
