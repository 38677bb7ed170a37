import type { Cluster } from '../../cluster/cluster.ts'
import { type AwarenessEntry, encodeAwareness } from '../../protocol/awareness.ts'
import type { Presence } from '../../presence/table.ts'

/** Whose presence goes to other servers. */
interface Shown {
  readonly presence: Pick<Presence, 'id'>
}

/** The presence of a document on other servers: theirs by person, and ours as they hear it. */
export class Elsewhere {
  readonly #document: string
  readonly #cluster: Cluster | undefined
  /** By server, then by who somebody is for sure: nobody takes what is another person's. */
  readonly #servers = new Map<string, Map<string | undefined, Presence>>()

  constructor(document: string, cluster: Cluster | undefined) {
    this.#document = document
    this.#cluster = cluster
  }

  /** Says what a session here shows, or shows no more. */
  say({ presence: { id } }: Shown, entries: readonly AwarenessEntry[], isOpening: boolean): void {
    if (this.#cluster === undefined || entries.length === 0) return
    const update = encodeAwareness(entries)
    this.#cluster.say(this.#document, { kind: 'presence', id, isOpening, update })
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

  /** @returns what stood for the sessions of a server */
  forget(server: string): readonly Presence[] {
    const people = this.#servers.get(server)
    this.#servers.delete(server)
    return [...(people?.values() ?? [])]
  }
}
