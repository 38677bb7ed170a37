import type { Cancel } from '../base/clock.ts'
import type { Fellow } from './between-servers.ts'

/** Somebody in a room on another server, as those here know them. */
export interface Guest extends Fellow {
  /** Its number here. */
  readonly here: number
  /** Ends that it types; undefined while it does not. */
  typing: Cancel | undefined
}

interface There {
  readonly count: number
  readonly guests: ReadonlyMap<number, Guest>
}

/** What changed of who is in a room elsewhere. */
export interface Moves {
  readonly came: readonly Guest[]
  readonly went: readonly Guest[]
}

/** Those who are in a room on other servers. */
export class Elsewhere {
  readonly #servers = new Map<string, There>()
  readonly #nextNumber: () => number

  /** @param nextNumber gives somebody a number here */
  constructor(nextNumber: () => number) {
    this.#nextNumber = nextNumber
  }

  /** How many they are. */
  get count(): number {
    let count = 0
    for (const there of this.#servers.values()) count += there.count
    return count
  }

  /** Those of them who are named. */
  get guests(): readonly Guest[] {
    return [...this.#servers.values()].flatMap(({ guests }) => [...guests.values()])
  }

  find(server: string, number: number): Guest | undefined {
    return this.#servers.get(server)?.guests.get(number)
  }

  /** Takes who is in the room on a server now; undefined where nothing has changed. */
  hear(server: string, fellows: readonly Fellow[], count: number): Moves | undefined {
    const before = this.#servers.get(server) ?? { count: 0, guests: new Map<number, Guest>() }
    const guests = new Map<number, Guest>()
    const came: Guest[] = []
    for (const fellow of fellows) {
      const known = before.guests.get(fellow.number)
      const guest = known ?? { ...fellow, here: this.#nextNumber(), typing: undefined }
      if (known === undefined) came.push(guest)
      guests.set(fellow.number, guest)
    }
    if (count === 0) this.#servers.delete(server)
    else this.#servers.set(server, { count, guests })
    const went = [...before.guests.values()].filter(({ number }) => !guests.has(number))
    const isSame = came.length + went.length === 0 && count === before.count
    return isSame ? undefined : { came, went }
  }
}
