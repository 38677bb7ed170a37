import { resolve } from 'node:path'
import { connect, converged, synced } from '../../support/harness/provider.ts'
import {
  freshDirectory,
  serverCommand,
  type ServerProcess,
  startProcess,
} from '../../support/harness/process.ts'
import { until } from '../../support/harness/wait.ts'
import { Random } from '../sim/random.ts'
import type { EditBook } from './edit-book.ts'
import type { Network } from './recording-socket.ts'
import { compareAll, readStored } from './stored.ts'
import { type Counts, noCounts } from './tally.ts'
import { createWriter, type Kind, type Writer } from './writer.ts'

/** Where the kill falls. */
type Moment = 'any' | 'compaction' | 'eviction' | 'leaving'

/** How to run. */
export interface Plan {
  readonly rounds: number
  readonly seed: number
  /** Hears of each round. */
  readonly say?: (line: string) => void
  /** When the server calls an edit saved; synced unless told otherwise. */
  readonly durability?: 'full' | 'relaxed'
  /** The server calls saved what it has not written: for a test of this test. */
  readonly lie?: boolean
}

/** What came of it. */
export interface Outcome {
  readonly counts: Counts
  /** What must not be, one sentence each. */
  readonly faults: readonly string[]
}

/** The same server, which can kill itself at a chosen moment. */
const child = [process.execPath, resolve(import.meta.dir, 'server-child.ts')]
const documentsAtOnce = 3
/** Documents are left for fresh ones after so many rounds, and checked for ever. */
const roundsPerDocument = 8
/** At least so many edits of a round are made before its kill, however slow the machine. */
const roundEditsMin = 150
const kinds: readonly Kind[] = ['y-websocket', 2, 'y-websocket', 3, 'y-websocket', 4]
const stages = ['folding', 'storing', 'storing', 'stored']

/**
 * Starts a server, lets clients edit, kills it, looks at the disk, and begins again on the same
 * data. The seed gives who does what and when; processes and sockets have a will of their own, so
 * that the same seed is much alike and not the same.
 */
export async function runRounds(plan: Plan): Promise<Outcome> {
  const directory = await freshDirectory()
  const run = new Run(plan, directory.path)
  try {
    for (let round = 0; round < plan.rounds && run.faults.length === 0; round++) {
      await run.round(round)
    }
    if (run.faults.length === 0) await run.leave()
    return { counts: run.counts, faults: run.faults }
  } finally {
    await run.end()
    await directory.remove()
  }
}

class Run {
  readonly counts = noCounts()
  readonly faults: string[] = []
  readonly #plan: Plan
  readonly #directory: string
  readonly #random: Random
  readonly #books: EditBook[] = []
  readonly #network: Network = { up: true }
  #writers: Writer[] = []
  #server: ServerProcess | undefined
  #port = 0

  constructor(plan: Plan, directory: string) {
    this.#plan = plan
    this.#directory = directory
    this.#random = new Random(plan.seed)
  }

  async round(round: number): Promise<void> {
    const moment = this.#plan.lie === true ? 'any' : momentOf(round)
    if (round % 3 === 1) await this.#killStarting()
    const server = await this.#start(moment)
    await this.#checkServed(server)
    await this.#gather(server, round)
    const inFlight = await this.#killUnderLoad(server, moment)
    this.#noteKill(server, moment, inFlight)
    await this.#checkDisk(`round ${round} (${moment})`)
    const { edits, receipts } = this.#sums()
    Object.assign(this.counts, { edits, receipts })
    this.counts.rounds++
    this.#plan.say?.(`round ${round + 1}, ${moment}: ${edits} edits, ${receipts} receipts so far`)
  }

  /** After the last round: what the clients still hold comes up, and a leaving server keeps it. */
  async leave(): Promise<void> {
    const server = await this.#start('any')
    this.#network.up = true
    for (const name of new Set(this.#writers.map(({ book }) => book.document))) {
      await converged(...this.#in(name).map(({ document }) => document))
    }
    if ((await server.end('SIGTERM')) !== 0) this.faults.push('the last server did not end well')
    this.#server = undefined
    await this.#checkDisk('at the end')
    const { documents } = await this.#read()
    for (const { book, document } of this.#writers) {
      const stored = documents.get(book.document)
      if (stored !== undefined) await converged(stored, document)
    }
    Object.assign(this.counts, this.#sums())
  }

  async end(): Promise<void> {
    for (const writer of this.#writers) writer.end()
    await this.#server?.end('SIGKILL')
  }

  async #start(moment: Moment): Promise<ServerProcess> {
    const server = await startProcess(
      this.#directory,
      this.#port,
      this.#flagsFor(moment),
      this.#commandFor(moment),
    )
    this.#server = server
    this.#port = server.port
    return server
  }

  /** A server that is killed while it starts, perhaps while it reads what the last one left. */
  async #killStarting(): Promise<void> {
    const flags = ['serve', '--data', this.#directory, '--port', '0']
    const starting = Bun.spawn([...serverCommand, ...flags], {
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    await Bun.sleep(this.#random.between(0, 400))
    starting.kill('SIGKILL')
    await starting.exited
    this.counts.killsAtStart++
    await this.#checkDisk('after a kill at the start')
  }

  #commandFor(moment: Moment): readonly string[] {
    const real = moment === 'any' || moment === 'leaving'
    return real && this.#plan.lie !== true ? serverCommand : child
  }

  #flagsFor(moment: Moment): readonly string[] {
    if (this.#plan.lie === true) return ['--lie']
    if (moment === 'any' || moment === 'leaving') {
      return ['--durability', this.#plan.durability ?? 'full']
    }
    const turn = moment === 'compaction' ? this.#random.between(1, 4) : 1
    const spinMicros = this.#random.between(0, 3_000)
    const where = ['--die-in', moment, '--stage', this.#random.pick(stages)]
    return [...where, '--turn', `${turn}`, '--spin-us', `${spinMicros}`]
  }

  /** A fresh client opens every document, while those who could bring edits back are away. */
  async #checkServed(server: ServerProcess): Promise<void> {
    const { documents } = await this.#read()
    const clients = [...documents.keys()].map((name) => connect(`${server.url}/ws`, name))
    await synced(...clients)
    const served = new Map([...documents.keys()].map((name, at) => [name, clients[at]?.document]))
    for (const [name, document] of served) {
      if (document !== undefined) await converged(document, documents.get(name) ?? document)
      this.counts.documentsOpened++
    }
    for (const client of clients) client.end()
  }

  /** Those who were here come back, some leave for good, fresh ones come. */
  async #gather(server: ServerProcess, round: number): Promise<void> {
    const generation = Math.floor(round / roundsPerDocument)
    const names = Array.from({ length: documentsAtOnce }, (_, at) => `${generation}/${at}`)
    const leaves = ({ book }: Writer): boolean =>
      !names.includes(book.document) || this.#random.chance(0.3)
    this.#dismiss(leaves)
    this.#network.up = true
    for (const name of names) {
      const here = this.#writers.filter(({ book }) => book.document === name).length
      for (let count = here; count < 3; count++) {
        const kind = this.#random.pick(kinds)
        const random = this.#random.fork()
        const { url } = server
        const writer = createWriter({ kind, url, name, network: this.#network, random })
        this.#writers.push(writer)
        this.#books.push(writer.book)
      }
    }
    await until('all are synced', () => this.#writers.every((writer) => writer.synced()))
  }

  /** @returns edits that were on their way when it died, at least. */
  async #killUnderLoad(server: ServerProcess, moment: Moment): Promise<number> {
    const random = this.#random
    const life = { over: false }
    server.gone.then(
      () => (life.over = true),
      (error: unknown) => this.faults.push(String(error)),
    )
    for (const { book } of this.#writers) book.mark()
    const killAt = performance.now() + random.between(100, 500)
    const givenUpAt = performance.now() + 60_000
    const enough = this.#sums().edits + roundEditsMin
    const byItself = moment === 'compaction' || moment === 'eviction'
    if (byItself) process.kill(server.pid, 'SIGUSR2')
    let deserts = moment === 'eviction'
    while (!life.over && performance.now() < givenUpAt) {
      const due = performance.now() > killAt && this.#sums().edits >= enough
      if (due && deserts) {
        deserts = false
        const left = this.#writers[0]?.book.document
        this.#dismiss(({ book }) => book.document === left)
      }
      for (const writer of this.#writers) if (random.chance(0.5)) this.#burst(writer)
      if (due && !byItself) break
      await Bun.sleep(random.between(0, 6))
    }
    // In the same turn as the last edits, or some time after them.
    if (!byItself && random.chance(0.5)) await Bun.sleep(random.between(0, 4))
    if (moment === 'leaving') {
      process.kill(server.pid, 'SIGTERM')
      // It spreads its goodbyes over two seconds; those who are still there go on.
      const killAfter = performance.now() + random.between(1, 1_500)
      const isLeaving = (): boolean => life.over || server.output().includes('stops on')
      while (performance.now() < killAfter || !isLeaving()) {
        for (const writer of this.#writers) if (random.chance(0.2)) this.#burst(writer)
        await Bun.sleep(random.between(1, 20))
      }
    }
    const inFlight = this.#writers.reduce((sum, { book }) => sum + book.inFlight, 0)
    if (byItself && !life.over) this.faults.push(`no ${moment} came: ${server.output()}`)
    await server.end('SIGKILL')
    this.#network.up = false
    for (const writer of this.#writers) if (random.chance(0.5)) this.#burst(writer)
    return inFlight
  }

  #noteKill(server: ServerProcess, moment: Moment, inFlight: number): void {
    this.#server = undefined
    if (inFlight > 0) this.counts.killsInFlight++
    const told = server.output().includes(`dies in ${moment}`)
    if (moment === 'compaction' && told) this.counts.killsInCompaction++
    if (moment === 'eviction' && told) this.counts.killsInEviction++
    if (moment === 'leaving' && server.output().includes('stops on')) this.counts.killsInLeaving++
  }

  async #checkDisk(when: string): Promise<void> {
    const { documents, faults } = await this.#read()
    const all = [...faults, ...compareAll(documents, this.#books)]
    this.faults.push(...all.slice(0, 20).map((fault) => `${when}: ${fault}`))
    if (all.length > 20) this.faults.push(`${when}: ${all.length - 20} more`)
    this.counts.checks += this.#books.length
  }

  #read(): ReturnType<typeof readStored> {
    return readStored(this.#directory)
  }

  /** Their pages are closed; their books stay. */
  #dismiss(leaves: (writer: Writer) => boolean): void {
    const leaving = this.#writers.filter(leaves)
    this.#writers = this.#writers.filter((writer) => !leaving.includes(writer))
    for (const writer of leaving) writer.end()
  }

  #in(name: string): readonly Writer[] {
    return this.#writers.filter(({ book }) => book.document === name)
  }

  #burst(writer: Writer): void {
    for (let count = this.#random.between(1, 4); count > 0; count--) writer.edit()
  }

  #sums(): { edits: number; receipts: number } {
    const edits = this.#books.reduce((sum, book) => sum + book.edits, 0)
    return { edits, receipts: this.#books.reduce((sum, book) => sum + book.receipts, 0) }
  }
}

/** Every fifth kill falls into compaction, every fifth into eviction, every tenth into leaving. */
function momentOf(round: number): Moment {
  if (round % 10 === 6) return 'leaving'
  const place = round % 5
  return place === 2 ? 'compaction' : place === 4 ? 'eviction' : 'any'
}
