import { HocuspocusProviderWebsocket } from 'hocuspocus-provider-4'
import { connectHocuspocus, type HocuspocusClient } from '../../test/support/harness/hocuspocus.ts'
import type { Balancer } from './balancer.ts'
import { Receipts } from './receipts.ts'
import { type Place, places } from './stage.ts'

/** A client as its manual has it: with the waiting times that it comes with. */
export function connectStock(url: string, document: string): HocuspocusClient {
  const socket = new HocuspocusProviderWebsocket({ url })
  const client = connectHocuspocus(4, url, document, { socket })
  return {
    ...client,
    end() {
      client.end()
      socket.destroy()
    },
  }
}

/** What one document must hold in the end. */
export interface Claim {
  readonly document: string
  readonly writer: string
  readonly written: number
  readonly saved: number
}

const writeMs = 100

/** Somebody who has a document open all the time, and types in it. */
export class Stayer {
  readonly client: HocuspocusClient
  readonly receipts: Receipts
  readonly document: string
  readonly name: string
  /** How long it was without its server, each time, in ms. */
  readonly handOvers: number[] = []
  /** When each item was written. */
  readonly times: number[] = []
  #timer: Timer | undefined

  constructor(url: string, document: string, name: string) {
    this.client = connectStock(url, document)
    this.receipts = new Receipts(this.client)
    this.document = document
    this.name = name
    const { provider } = this.client
    provider.setAwarenessField('user', { name })
    let lostAt: number | undefined
    provider.on('disconnect', () => {
      lostAt ??= performance.now()
    })
    provider.on('synced', () => {
      if (lostAt !== undefined) this.handOvers.push(performance.now() - lostAt)
      lostAt = undefined
    })
  }

  type(): void {
    this.#timer ??= setInterval(() => {
      this.times.push(performance.now())
      this.receipts.written++
      this.client.document.getArray(this.name).push([this.times.length - 1])
    }, writeMs)
  }

  stop(): void {
    clearInterval(this.#timer)
  }

  end(): void {
    this.stop()
    this.client.end()
  }
}

const documents = 8
const visitorsPerServer = 2
const editsOfVisit = 5
const patienceMs = 20_000

/** Everybody who works with a stage: two who stay in each of some documents, and visitors. */
export class Crew {
  readonly pairs: (readonly [Stayer, Stayer])[] = []
  /** How long each edit was on its way to the other server's client, in ms. */
  readonly lags: number[] = []
  /** How long visitors waited for their document, in ms. */
  readonly openings: number[] = []
  notOpened = 0
  readonly #url: (place: Place) => string
  readonly #visits: { readonly document: string; readonly receipts: Receipts }[] = []
  readonly #visitors: Promise<void>[] = []
  /** Ends of those who are there now. */
  readonly #present = new Set<() => void>()
  #isOpen = true
  #visit = 0

  constructor(balancer: Balancer, path: string) {
    this.#url = (place) => balancer.url(place) + path
    for (let index = 0; index < documents; index++) {
      const document = `shared-${index}`
      const pair = [
        new Stayer(this.#url(0), document, 'a'),
        new Stayer(this.#url(1), document, 'b'),
      ] as const
      this.pairs.push(pair)
      this.#watch(pair[0], pair[1])
      this.#watch(pair[1], pair[0])
    }
  }

  get stayers(): readonly Stayer[] {
    return this.pairs.flat()
  }

  /** Everybody begins. */
  begin(): void {
    for (const stayer of this.stayers) stayer.type()
    for (const place of places) {
      for (let visitor = 0; visitor < visitorsPerServer; visitor++) {
        this.#visitors.push(this.#visitAgain(place))
      }
    }
  }

  /** In every other document nothing is typed any more. */
  stopHalf(): void {
    for (const stayer of this.halfOf().flat()) stayer.stop()
  }

  /** The pairs of those documents. */
  halfOf(): readonly (readonly [Stayer, Stayer])[] {
    return this.pairs.filter((_, index) => index % 2 === 0)
  }

  /** Nobody types any more; resolves when the visitors have left. */
  async stop(): Promise<void> {
    this.#isOpen = false
    for (const stayer of this.stayers) stayer.stop()
    await Promise.all(this.#visitors)
  }

  /** Everybody's page is closed at once, and nothing is waited for. */
  leave(): void {
    this.#isOpen = false
    for (const stayer of this.stayers) stayer.end()
    for (const end of this.#present) end()
  }

  /** How many edits were confirmed so far. */
  get saved(): number {
    return this.claims().reduce((sum, { saved }) => sum + saved, 0)
  }

  claims(): readonly Claim[] {
    const visited = this.#visits.map((visit) => ({ ...visit, name: 'visitor' }))
    return [...this.stayers, ...visited].map(({ document, name, receipts }) => ({
      document,
      writer: name,
      written: receipts.written,
      saved: receipts.saved,
    }))
  }

  /** Notes when the edits of one come to the other. */
  #watch(reader: Stayer, writer: Stayer): void {
    let seen = 0
    const items = reader.client.document.getArray(writer.name)
    items.observe(() => {
      const now = performance.now()
      for (; seen < items.length; seen++) this.lags.push(now - (writer.times[seen] ?? now))
    })
  }

  async #visitAgain(place: Place): Promise<void> {
    while (this.#isOpen) await this.#visitOnce(place)
  }

  /** Opens a document of its own, types, waits to hear that it is saved, and closes the page. */
  async #visitOnce(place: Place): Promise<void> {
    const document = `visit-${this.#visit++}`
    const client = connectStock(this.#url(place), document)
    const receipts = new Receipts(client)
    this.#visits.push({ document, receipts })
    const left = Promise.withResolvers<void>()
    const leave = (): void => {
      if (!this.#present.delete(leave)) return
      client.end()
      left.resolve()
    }
    this.#present.add(leave)
    const began = performance.now()
    const within = async (isDone: () => boolean): Promise<boolean> => {
      const end = performance.now() + patienceMs
      while (!isDone() && performance.now() < end && this.#present.has(leave)) await Bun.sleep(5)
      return isDone()
    }
    if (await within(() => client.provider.synced)) {
      this.openings.push(performance.now() - began)
      for (let edit = 0; edit < editsOfVisit && this.#present.has(leave); edit++) {
        receipts.written++
        client.document.getArray('visitor').push([edit])
        await Bun.sleep(20)
      }
      await within(() => receipts.saved === receipts.written)
    } else if (this.#isOpen) this.notOpened++
    leave()
    await left.promise
    await Bun.sleep(100)
  }
}

/** Somebody whose page is there to be seen, and does nothing. */
export function sitDown(url: string, document: string, name: string): HocuspocusClient {
  const client = connectStock(url, document)
  client.provider.setAwarenessField('user', { name })
  return client
}

/** Whether somebody of that name is seen by a client. */
export function sees({ provider }: HocuspocusClient, name: string): boolean {
  const states: Iterable<Record<string, unknown>> = provider.awareness?.getStates().values() ?? []
  return [...states].some(({ user }) => isNamed(user, name))
}

function isNamed(user: unknown, name: string): boolean {
  return typeof user === 'object' && user !== null && 'name' in user && user.name === name
}

/** Whether both of a document have got everything that the other one has. */
export function areEqual(one: Stayer, other: Stayer): boolean {
  const counts = ({ client }: Stayer): readonly number[] =>
    [one, other].map(({ name }) => client.document.getArray(name).length)
  return counts(one).join() === counts(other).join()
}
