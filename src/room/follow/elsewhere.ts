import { Awaited, type Clock } from '../../base/clock.ts'
import type { Cluster } from '../../cluster/cluster.ts'
import type { Claim } from '../../cluster/messages.ts'
import { type AwarenessEntry, encodeAwareness } from '../../protocol/awareness.ts'
import type { Presence } from '../../presence/table.ts'

/** Whose presence goes to other servers. */
interface Shown {
  readonly presence: Pick<Presence, 'id'>
}

interface ElsewhereParts {
  readonly clock: Clock
  /** The other servers, where they are told. */
  readonly cluster?: Pick<Cluster, 'isUp' | 'say'> | undefined
  readonly limits: {
    readonly awareness_batch_sessions_min: number
    readonly awareness_batch_ms: number
  }
}

/** Servers that are asked who is there have said it within this time. */
const answerMsMax = 2_000

/** The presence of a document on other servers: theirs by person, and ours as they hear it. */
export class Elsewhere {
  readonly #document: string
  readonly #cluster: ElsewhereParts['cluster']
  readonly #clock: Clock
  readonly #limits: ElsewhereParts['limits']
  /** What waits to be said, by who somebody is for sure and client id. */
  readonly #gathered = new Map<string | undefined, Map<number, AwarenessEntry>>()
  /** By server, then by who somebody is for sure: nobody takes what is another person's. */
  readonly #servers = new Map<string, Map<string | undefined, Presence>>()
  /** Clients that may have left unheard, and that their server may say are there. */
  readonly #doubted = new Awaited<number>()

  constructor(document: string, { clock, cluster, limits }: ElsewhereParts) {
    this.#document = document
    this.#cluster = cluster
    this.#clock = clock
    this.#limits = limits
  }

  /**
   * Says what a session here shows, or shows no more. In a crowd the changes of a moment go out
   * together, as they do to those who are here.
   * @param sessions how many are in the room
   */
  say({ presence: { id } }: Shown, entries: readonly AwarenessEntry[], sessions: number): void {
    if (this.#cluster === undefined || entries.length === 0) return
    const isWaiting = this.#gathered.size > 0
    if (sessions < this.#limits.awareness_batch_sessions_min && !isWaiting) {
      return this.#send(id, entries)
    }
    const theirs = this.#gathered.get(id) ?? new Map<number, AwarenessEntry>()
    this.#gathered.set(id, theirs)
    for (const entry of entries) theirs.set(entry.clientId, entry)
    if (!isWaiting) this.#clock.after(this.#limits.awareness_batch_ms, () => this.#flush())
  }

  /** Says what a session here shows as its own: it goes at once, behind what was gathered. */
  claim({ presence: { id } }: Shown, entries: readonly AwarenessEntry[], claim: Claim): void {
    if (this.#cluster === undefined || entries.length === 0) return
    this.#flush()
    this.#send(id, entries, claim)
  }

  /** A server says who is there on it now, or all do: who is not among them goes in a while. */
  doubt(server: string | undefined): void {
    const until = this.#clock.now() + answerMsMax
    const meant = server === undefined ? [...this.#servers.keys()] : [server]
    for (const one of meant) {
      for (const { owned } of this.#servers.get(one)?.values() ?? []) {
        for (const clientId of owned ?? []) this.#doubted.add(clientId, until)
      }
    }
  }

  /** A client is there. */
  confirm(clientId: number): void {
    this.#doubted.delete(clientId)
  }

  /** @returns the clients of whom nobody has said in time that they are there */
  overdue(now: number): readonly number[] {
    // Nobody is heard meanwhile; when the bus is back all are asked anew.
    return this.#cluster?.isUp === true ? this.#doubted.takeOverdue(now) : []
  }

  /** What stands for one person's sessions on another server. */
  presenceOf(server: string, id: string | undefined, make: () => Presence): Presence {
    const people = this.#servers.get(server) ?? new Map<string | undefined, Presence>()
    this.#servers.set(server, people)
    const there = people.get(id) ?? make()
    there.id = id
    people.set(id, there)
    return there
  }

  #flush(): void {
    for (const [id, theirs] of this.#gathered) this.#send(id, [...theirs.values()])
    this.#gathered.clear()
  }

  #send(id: string | undefined, entries: readonly AwarenessEntry[], claim?: Claim): void {
    const update = encodeAwareness(entries)
    this.#cluster?.say(this.#document, { kind: 'presence', id, claim, update })
  }

  /** @returns what stood for the sessions of a server */
  forget(server: string): readonly Presence[] {
    const people = this.#servers.get(server)
    this.#servers.delete(server)
    return [...(people?.values() ?? [])]
  }
}
