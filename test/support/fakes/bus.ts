import type { Bus, BusListener } from '../../../src/cluster/bus.ts'

/** What joins the servers of one process, and how it treats what they say. */
export class BusNetwork {
  readonly #buses = new Set<LocalBus>()
  /** What becomes of a message on its way to one server: how often it comes. */
  fate: () => 0 | 1 | 2 = () => 1

  /** As one server has it. */
  bus(): LocalBus {
    const bus = new LocalBus(this)
    this.#buses.add(bus)
    return bus
  }

  hand(channel: string, bytes: Uint8Array): void {
    const copy = bytes.slice()
    for (const bus of this.#buses) {
      for (let times = this.fate(); times > 0; times--) {
        setImmediate(() => bus.take(channel, copy))
      }
    }
  }

  leave(bus: LocalBus): void {
    this.#buses.delete(bus)
  }
}

/** A bus within the process. */
export class LocalBus implements Bus {
  readonly place = 'this process'
  readonly #network: BusNetwork
  readonly #channels = new Set<string>()
  #listener: BusListener | undefined
  isUp = false
  /** What it was renewed for. */
  readonly renewals: string[] = []
  /** Nothing is heard, and nothing is said of that. */
  isDeaf = false

  constructor(network: BusNetwork) {
    this.#network = network
  }

  listen(listener: BusListener): void {
    this.#listener = listener
    this.raise()
  }

  raise(): void {
    this.isUp = true
    this.#listener?.up()
  }

  cut(): void {
    this.isUp = false
    this.#listener?.down('The test has cut it.')
  }

  take(channel: string, bytes: Uint8Array): void {
    if (!this.isUp || this.isDeaf || !this.#channels.has(channel)) return
    this.#listener?.message(channel, bytes)
  }

  async subscribe(channel: string): Promise<boolean> {
    this.#channels.add(channel)
    return this.isUp
  }

  unsubscribe(channel: string): void {
    this.#channels.delete(channel)
  }

  publish(channel: string, bytes: Uint8Array): void {
    if (this.isUp) this.#network.hand(channel, bytes)
  }

  renew(reason: string): void {
    this.renewals.push(reason)
    this.isDeaf = false
    this.cut()
    this.raise()
  }

  async close(): Promise<void> {
    this.isUp = false
    this.#network.leave(this)
  }
}
