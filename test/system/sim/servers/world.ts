import type { Chance } from '../../../../src/base/chance.ts'
import { limitsFrom, type Limits } from '../../../../src/base/limits/limits.ts'
import { LifeClock } from '../clock.ts'
import { People, plainDocument } from '../people.ts'
import type { Random } from '../random.ts'
import { SimServer, simLimits } from '../server.ts'
import type { SimSocket } from '../socket.ts'
import { BusNetwork, type SimBus } from './bus.ts'
import { noServersCounts } from './counts.ts'
import { Database } from './database.ts'
import type { Mutation } from './mutation.ts'
import { ServerStore } from './store.ts'

/** A document that may be deleted and brought back. */
const mortalDocument = 'mortal'

/** Short, so that much comes about in little time. */
const limits: Partial<Limits> = {
  ...simLimits,
  heads_poll_ms: 150,
  heads_check_ms: 400,
  server_silence_ms_max: 4_000,
  store_silence_ms_max: 1_000,
}
const limitsWithoutPolls: Partial<Limits> = {
  ...limits,
  heads_poll_ms: limitsFrom(undefined).heads_poll_ms * 100,
  heads_check_ms: 600_000,
}

/** One server that runs. */
interface Running {
  readonly server: SimServer
  readonly clock: LifeClock
  readonly bus: SimBus
  readonly store: ServerStore
  /** Whom it has not taken in yet. */
  readonly arriving: Set<SimSocket>
}

/** Several servers on one database and one bus, and clients that go from one to another. */
export class ServersWorld extends People {
  readonly happened = noServersCounts()
  readonly network: BusNetwork
  readonly disk: Database
  /** Whether another database takes over now and then that lacks the newest commits. */
  readonly hasFailovers: boolean
  /** Undefined where it is down. */
  readonly servers: (Running | undefined)[]
  /** By how much the calendar of each server is off. */
  readonly calendars: number[]
  readonly #documents: readonly string[]
  readonly #rule: Mutation | undefined
  /** To which server each client goes. */
  readonly #homes = new Map<number, number>()

  constructor(seed: number, mutation?: Mutation) {
    super(seed)
    this.#rule = mutation
    this.hasFailovers = this.random.chance(0.5)
    const some = this.random.chance(0.6) ? ['notes', plainDocument] : ['notes']
    const isMortal = !this.hasFailovers && this.random.chance(0.5)
    this.#documents = isMortal ? [...some, mortalDocument] : some
    this.disk = new Database(this.serverRandom.fork(), mutation)
    this.network = new BusNetwork({
      clock: this.clock,
      counts: this.happened,
      mutation,
      random: this.networkRandom.fork(),
      trace: this.trace,
    })
    this.servers = Array.from({ length: this.random.between(2, 3) }, () => undefined)
    this.calendars = this.servers.map(() => 0)
    this.clock.onTurnEnd(() => {
      for (const running of this.servers) running?.server.flush()
    })
    for (const place of this.servers.keys()) this.startServer(place)
    for (let count = this.random.between(4, 7); count > 0; count--) {
      this.addClient(this.random.pick(this.documents))
    }
  }

  get documents(): readonly string[] {
    return this.#documents.filter((name) => !this.disk.isDeleted(name))
  }

  /** The one that may be deleted, where there is one. */
  get mortal(): string | undefined {
    return this.#documents.includes(mortalDocument) ? mortalDocument : undefined
  }

  startServer(place: number): void {
    if (this.servers[place] !== undefined) return
    const random = this.serverRandom.fork()
    const clock = new LifeClock(this.clock)
    const bus = this.network.bus(clock)
    const mutation = this.#rule
    const store = new ServerStore({
      bus,
      clock,
      mutation,
      random: random.fork(),
      counts: this.happened,
      database: this.disk,
      network: this.clock,
      trace: this.trace,
    })
    const server = new SimServer({
      bus,
      clock,
      random,
      store,
      chance: chanceOf(random.fork()),
      isDeleted: () => this.mortal !== undefined,
      limits: mutation === 'polls-never' ? limitsWithoutPolls : limits,
      mutation: undefined,
      trace: this.trace,
      wallClock: () => beginning + this.clock.now() + (this.calendars[place] ?? 0),
    })
    this.servers[place] = { server, clock, bus, store, arriving: new Set() }
  }

  /** `kill -9`. */
  killServer(place: number): void {
    const running = this.servers[place]
    if (running === undefined) return
    this.#end(place, running)
    this.trace.note('killed', this.clock.now())
    this.trace.counts.crashes++
  }

  /** SIGTERM, then the process ends; `done` comes when it has. */
  stopServer(place: number, done: () => void): void {
    const running = this.servers[place]
    if (running === undefined) return done()
    const ended = (): void => {
      if (this.servers[place] !== running) return
      this.#end(place, running)
      this.trace.counts.restarts++
      done()
    }
    running.server.stop().then(ended, (error: unknown) => {
      this.trace.violate(`stopping failed: ${String(error)}`)
      ended()
    })
  }

  /** Adds what the running servers have counted; for the end. */
  countServers(): void {
    for (const running of this.servers) running?.server.count()
    this.trace.counts.turns = this.clock.turns
  }

  /** From now on a client goes to another server. */
  sendElsewhere(clientId: number): void {
    const home = this.#homes.get(clientId) ?? 0
    this.#homes.set(
      clientId,
      (home + this.random.between(1, this.servers.length - 1)) % this.servers.length,
    )
    this.happened.moves++
  }

  protected override isDeleted(name: string): boolean {
    return name === this.mortal
  }

  protected accept(socket: SimSocket, path: string, clientId: number): void {
    const home = this.#homes.get(clientId) ?? this.networkRandom.between(0, this.servers.length - 1)
    this.#homes.set(clientId, home)
    const there = this.servers[home]
    if (there !== undefined) return this.#enter(there, socket, path)
    socket.refused()
    // As a balancer does.
    if (this.networkRandom.chance(0.7)) this.sendElsewhere(clientId)
  }

  protected override acknowledge(
    name: string,
    update: Uint8Array,
    stood: ReadonlyMap<number, number> | undefined,
  ): void {
    super.acknowledge(name, update, stood)
    if (stood === undefined || this.disk.generation > 0) return
    const stored = this.disk.stateVector(name)
    for (const [client, clock] of stood) {
      if ((stored.get(client) ?? 0) >= clock) continue
      this.trace.violate(`a receipt for ${name} stands on edits that are not stored`)
      return
    }
  }

  /** A frozen server takes nobody in before it thaws, and nobody at all when it never does. */
  #enter({ arriving, clock, server }: Running, socket: SimSocket, path: string): void {
    arriving.add(socket)
    clock.enter(() => {
      arriving.delete(socket)
      server.accept(socket, path)
    })
  }

  #end(place: number, { arriving, bus, server }: Running): void {
    this.servers[place] = undefined
    for (const socket of arriving) socket.refused()
    server.count()
    server.kill()
    bus.end()
  }
}

/** Milliseconds since 1970 at which every simulation begins. */
const beginning = 1_700_000_000_000

function chanceOf(random: Random): Chance {
  return {
    name: () => `${random.next()} ${random.next()}`,
    clientId: () => random.between(1, 2 ** 32 - 1),
    bytes: (count) => Uint8Array.from({ length: count }, () => random.between(0, 255)),
    fraction: () => random.next(),
  }
}
