import { LifeClock } from './clock.ts'
import type { Mutation } from './mutation.ts'
import { People, plainDocument } from './people.ts'
import { SimServer, simLimits } from './server.ts'
import type { SimSocket } from './socket.ts'
import { Disk, SimStore } from './store.ts'

/** A server that comes and goes, its disk, and clients that come and go: all from one seed. */
export class World extends People {
  readonly disk = new Disk()
  readonly documents: readonly string[]
  #server: SimServer | undefined

  constructor(seed: number, mutation?: Mutation) {
    super(seed, mutation)
    this.documents = this.random.chance(0.6) ? ['notes', plainDocument] : ['notes']
    this.clock.onTurnEnd(() => this.#server?.flush())
    this.startServer()
    for (let count = this.random.between(4, 7); count > 0; count--) {
      this.addClient(this.random.pick(this.documents))
    }
  }

  get serverUp(): boolean {
    return this.#server !== undefined
  }

  startServer(): void {
    if (this.#server !== undefined) return
    const { disk, mutation, trace } = this
    const random = this.serverRandom.fork()
    const clock = new LifeClock(this.clock)
    const store = new SimStore({ clock, disk, mutation, random: random.fork(), trace })
    this.#server = new SimServer({ clock, limits: simLimits, mutation, random, store, trace })
  }

  /** `kill -9`. */
  killServer(): void {
    const server = this.#server
    if (server === undefined) return
    this.#server = undefined
    this.#count(server)
    server.kill()
    this.trace.note('killed', this.clock.now())
    this.trace.counts.crashes++
  }

  /** SIGTERM, then the process ends; `done` comes when it has. */
  stopServer(done: () => void): void {
    const server = this.#server
    if (server === undefined) return done()
    const ended = (): void => {
      if (this.#server !== server) return
      this.#server = undefined
      this.#count(server)
      server.kill()
      this.trace.counts.restarts++
      done()
    }
    server.stop().then(ended, (error: unknown) => {
      this.trace.violate(`stopping failed: ${String(error)}`)
      ended()
    })
  }

  /** Adds what the running server has counted; for the end. */
  countServer(): void {
    if (this.#server !== undefined) this.#count(this.#server)
    this.trace.counts.turns = this.clock.turns
  }

  protected accept(socket: SimSocket, path: string): void {
    if (this.#server === undefined) socket.refused()
    else this.#server.accept(socket, path)
  }

  #count(server: SimServer): void {
    server.count()
    const most = simLimits.journal_bytes_max ?? 0
    if (server.batchBytesPeak > most + headerSlackBytes) {
      this.trace.violate(`a batch had ${server.batchBytesPeak} bytes, more than ${most}`)
    }
  }
}

/** The limit counts what was asked for before the record's header is there. */
const headerSlackBytes = 8
