import type { Clock } from '../../../../src/base/clock.ts'
import type { Bus, BusListener } from '../../../../src/cluster/bus.ts'
import { decodeMessage } from '../../../../src/cluster/messages.ts'
import type { Random } from '../random.ts'
import type { Trace } from '../trace.ts'
import type { ServersCounts } from './counts.ts'
import type { Mutation } from './mutation.ts'

interface BusNetworkParts {
  readonly clock: Clock
  readonly counts: ServersCounts
  readonly mutation: Mutation | undefined
  readonly random: Random
  readonly trace: Trace
}

/** What joins the servers: it loses, doubles, delays and reorders what they say. */
export class BusNetwork {
  /** How likely it is that a message is lost, comes twice, or comes late. */
  badness = { lost: 0.02, doubled: 0.02, late: 0.05 }
  readonly #parts: BusNetworkParts
  readonly #buses = new Set<SimBus>()
  #isUp = true

  constructor(parts: BusNetworkParts) {
    this.#parts = parts
  }

  get isUp(): boolean {
    return this.#isUp
  }

  /** As one process has it. @param clock which ends with the process */
  bus(clock: Clock): SimBus {
    const bus = new SimBus(this, clock, this.#parts)
    this.#buses.add(bus)
    return bus
  }

  /** Goes away for all, or is there again. */
  turn(isUp: boolean): void {
    this.#isUp = isUp
    for (const bus of this.#buses) bus.turned()
  }

  hand(channel: string, bytes: Uint8Array): void {
    const { clock, counts, mutation, random, trace } = this.#parts
    const copy = bytes.slice()
    trace.note(`said on ${channel}`, clock.now(), copy)
    if (mutation === 'keeps-presence-to-itself') {
      if (decodeMessage(copy)?.message?.kind === 'presence') return
    }
    for (const bus of this.#buses) {
      const { doubled, late, lost } = this.badness
      if (random.chance(lost)) {
        counts.lost++
        continue
      }
      const times = random.chance(doubled) ? 2 : 1
      for (let time = 0; time < times; time++) {
        const isLate = random.chance(late)
        if (isLate || time > 0) counts.disordered++
        const ms = isLate ? random.between(10, 3_000) : random.between(1, 15) / 10
        clock.after(ms, () => bus.take(channel, copy))
      }
    }
  }

  leave(bus: SimBus): void {
    this.#buses.delete(bus)
  }
}

/** One server's line to the bus. */
export class SimBus implements Bus {
  readonly place = 'the bus'
  readonly #network: BusNetwork
  readonly #clock: Clock
  readonly #parts: BusNetworkParts
  readonly #channels = new Set<string>()
  #listener: BusListener | undefined
  #isUp = false
  #isCut = false
  /** Nothing is heard, and nobody is told of that. */
  isDeaf = false

  constructor(network: BusNetwork, clock: Clock, parts: BusNetworkParts) {
    this.#network = network
    this.#clock = clock
    this.#parts = parts
  }

  get isUp(): boolean {
    return this.#isUp
  }

  listen(listener: BusListener): void {
    this.#listener = listener
    this.#raiseSoon()
  }

  async subscribe(channel: string): Promise<boolean> {
    const { clock, random } = this.#parts
    const { promise, resolve } = Promise.withResolvers<boolean>()
    // As the server of a bus acknowledges it: what is said from then on is heard.
    clock.after(random.between(1, 10) / 10, () => {
      this.#channels.add(channel)
      this.#clock.after(random.between(1, 10) / 10, () => resolve(this.#isUp))
    })
    return promise
  }

  unsubscribe(channel: string): void {
    this.#channels.delete(channel)
  }

  publish(channel: string, bytes: Uint8Array): void {
    if (this.#isUp) this.#network.hand(channel, bytes)
  }

  /** Says something of a document as its server would. */
  tell(document: string, bytes: Uint8Array): void {
    const digest = new Bun.CryptoHasher('sha256').update(document).digest()
    this.publish(`ytopic:1:d:${digest.subarray(0, 16).toString('base64url')}`, bytes)
  }

  renew(reason: string): void {
    this.isDeaf = false
    this.#lower(reason)
    this.#raiseSoon()
  }

  async close(): Promise<void> {
    this.end()
  }

  /** The process has ended. */
  end(): void {
    this.#isUp = false
    this.#network.leave(this)
  }

  take(channel: string, bytes: Uint8Array): void {
    if (!this.#isUp || this.isDeaf || !this.#channels.has(channel)) return
    this.#clock.after(0, () => {
      if (this.#isUp) this.#listener?.message(channel, bytes)
    })
  }

  /** Only this server is cut off from it, or no longer. */
  cut(isCut: boolean): void {
    this.#isCut = isCut
    this.turned()
  }

  /** It has gone away or come back. */
  turned(): void {
    if (this.#reaches) this.#raiseSoon()
    else this.#lower('It is away (by the simulation).')
  }

  get #reaches(): boolean {
    return this.#network.isUp && !this.#isCut
  }

  #raiseSoon(): void {
    this.#clock.after(this.#parts.random.between(1, 200), () => {
      if (this.#isUp || !this.#reaches) return
      this.#isUp = true
      this.#listener?.up()
    })
  }

  #lower(reason: string): void {
    if (!this.#isUp) return
    this.#isUp = false
    this.#clock.after(0, () => this.#listener?.down(reason))
  }
}
