import type { Clock } from '../../base/clock.ts'
import type { Cluster } from '../../cluster/cluster.ts'
import { type AwarenessEntry, encodeAwareness } from '../../protocol/awareness.ts'
import type { Presence } from '../../presence/table.ts'

/** Whose presence goes to other servers. */
interface Shown {
  readonly presence: Pick<Presence, 'id'>
}

interface ElsewhereParts {
  readonly clock: Clock
  /** The other servers, where they are told. */
  readonly cluster?: Pick<Cluster, 'say'> | undefined
  readonly limits: {
    readonly awareness_batch_sessions_min: number
    readonly awareness_batch_ms: number
  }
}

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
      return this.#send(id, entries, false)
    }
    const theirs = this.#gathered.get(id) ?? new Map<number, AwarenessEntry>()
    this.#gathered.set(id, theirs)
    for (const entry of entries) theirs.set(entry.clientId, entry)
    if (!isWaiting) this.#clock.after(this.#limits.awareness_batch_ms, () => this.#flush())
  }

  /** Says what a session shows as it comes: it goes at once, behind what was gathered. */
  sayOpening({ presence: { id } }: Shown, entries: readonly AwarenessEntry[]): void {
    if (this.#cluster === undefined || entries.length === 0) return
    this.#flush()
    this.#send(id, entries, true)
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
    for (const [id, theirs] of this.#gathered) this.#send(id, [...theirs.values()], false)
    this.#gathered.clear()
  }

  #send(id: string | undefined, entries: readonly AwarenessEntry[], isOpening: boolean): void {
    const update = encodeAwareness(entries)
    this.#cluster?.say(this.#document, { kind: 'presence', id, isOpening, update })
  }

  /** @returns what stood for the sessions of a server */
  forget(server: string): readonly Presence[] {
    const people = this.#servers.get(server)
    this.#servers.delete(server)
    return [...(people?.values() ?? [])]
  }
}
