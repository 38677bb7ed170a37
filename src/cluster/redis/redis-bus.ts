import { type Cancel, type Clock, systemClock } from '../../base/clock.ts'
import type { Bus, BusListener } from '../bus.ts'
import { readRedisAddress, type RedisAddress } from './address.ts'
import { RedisConnection } from './connection.ts'
import { Push, type RespValue, textOf } from './resp.ts'

/** Which Redis, and how it is reached. */
export interface RedisOptions {
  /** `redis://user:password@host:port`, `rediss://…` with TLS. */
  readonly url: string
  /** Where it does not stand in the address. */
  readonly password?: string | undefined
  /** The certificates, in PEM, by one of which its own has to be signed. */
  readonly ca?: string | undefined
  readonly clock?: Clock | undefined
}

/** Waits between tries to connect: presence and chat go nowhere meanwhile. */
const retryMs = { min: 50, max: 500 } as const

/** So long a connection may take until it is there. */
const connectMsMax = 5_000

/** Redis' publish and subscribe. One connection does both: it is up for both, or for none. */
export function createRedisBus(options: RedisOptions): Bus {
  return new RedisBus(options)
}

class RedisBus implements Bus {
  readonly place: string
  readonly #address: RedisAddress
  readonly #ca: string | undefined
  readonly #clock: Clock
  /** What is subscribed to, or will be once it is there. */
  readonly #channels = new Set<string>()
  /** Those who wait for the acknowledgement of a channel. */
  readonly #waiting = new Map<string, ((isHeard: boolean) => void)[]>()
  #listener: BusListener | undefined
  #connection: RedisConnection | undefined
  #state: 'closed' | 'down' | 'greeting' | 'subscribing' | 'up' = 'down'
  /** Channels of which the acknowledgement is missing before it counts as there. */
  readonly #missing = new Set<string>()
  #failures = 0
  /** Why it is away, as was told. */
  #told: string | undefined
  #cancel: Cancel = () => undefined

  constructor({ ca, clock = systemClock, password, url }: RedisOptions) {
    this.#address = readRedisAddress(url, password)
    this.place = this.#address.place
    this.#ca = ca
    this.#clock = clock
  }

  get isUp(): boolean {
    return this.#state === 'up'
  }

  listen(listener: BusListener): void {
    this.#listener = listener
    this.#connect()
  }

  subscribe(channel: string): Promise<boolean> {
    const isNew = !this.#channels.has(channel)
    this.#channels.add(channel)
    if (isNew && (this.#state === 'subscribing' || this.#state === 'up')) {
      this.#connection?.send('SUBSCRIBE', channel)
    }
    if (this.#state !== 'up') return Promise.resolve(false)
    const waiting = this.#waiting.get(channel)
    if (!isNew && waiting === undefined) return Promise.resolve(true)
    return new Promise((resolve) => {
      this.#waiting.set(channel, [...(waiting ?? []), resolve])
    })
  }

  unsubscribe(channel: string): void {
    if (!this.#channels.delete(channel)) return
    this.#settle(channel, false)
    if (this.#missing.delete(channel) && this.#missing.size === 0) this.#isThere()
    if (this.#state === 'subscribing' || this.#state === 'up') {
      this.#connection?.send('UNSUBSCRIBE', channel)
    }
  }

  publish(channel: string, bytes: Uint8Array): void {
    if (this.#state === 'up') this.#connection?.send('PUBLISH', channel, bytes)
  }

  renew(reason: string): void {
    this.#connection?.end(reason)
  }

  close(): Promise<void> {
    this.#state = 'closed'
    this.#cancel()
    this.#connection?.end('It is not needed any more.')
    return Promise.resolve()
  }

  #connect(): void {
    this.#state = 'greeting'
    const connection = new RedisConnection({
      value: (value) => {
        if (connection === this.#connection) this.#heard(connection, value)
      },
      ended: (reason) => {
        if (connection === this.#connection) this.#lost(reason)
      },
    })
    this.#connection = connection
    connection.open(this.#address, this.#ca)
    this.#cancel = this.#clock.after(connectMsMax, () => connection.end('It does not answer.'))
  }

  #heard(connection: RedisConnection, value: RespValue): void {
    // The first answer is that to the greeting.
    if (this.#state === 'greeting' && !(value instanceof Push)) this.#subscribeAll(connection)
    if (!(value instanceof Push)) return
    const [kind, channel, bytes] = value.values
    switch (textOf(kind)) {
      case 'message':
        if (bytes instanceof Uint8Array) this.#listener?.message(textOf(channel), bytes)
        return
      case 'subscribe':
        return this.#subscribed(textOf(channel))
    }
  }

  #subscribeAll(connection: RedisConnection): void {
    this.#state = 'subscribing'
    for (const channel of this.#channels) this.#missing.add(channel)
    if (this.#missing.size === 0) return this.#isThere()
    connection.send('SUBSCRIBE', ...this.#missing)
  }

  #subscribed(channel: string): void {
    this.#settle(channel, true)
    if (this.#missing.delete(channel) && this.#missing.size === 0) this.#isThere()
  }

  #isThere(): void {
    if (this.#state !== 'subscribing') return
    this.#cancel()
    this.#failures = 0
    this.#told = undefined
    this.#state = 'up'
    this.#listener?.up()
  }

  #lost(reason: string): void {
    this.#cancel()
    this.#connection = undefined
    for (const channel of this.#waiting.keys()) this.#settle(channel, false)
    this.#missing.clear()
    if (this.#state === 'closed') return
    this.#state = 'down'
    const wait = Math.min(retryMs.max, retryMs.min * 2 ** Math.min(this.#failures++, 10))
    this.#cancel = this.#clock.after(wait, () => this.#connect())
    if (this.#told === reason) return
    this.#told = reason
    this.#listener?.down(reason)
  }

  /** Those who wait for a channel go on. */
  #settle(channel: string, isHeard: boolean): void {
    const waiting = this.#waiting.get(channel) ?? []
    this.#waiting.delete(channel)
    for (const resolve of waiting) resolve(isHeard)
  }
}
