import type { Cancel } from '../base/clock.ts'
import type { MessageAuthor } from '../../persistence/messages.ts'
import type { Fellow } from './between-servers.ts'

/** Somebody in a room on another server, as those here know them. */
export interface Guest extends Fellow {
  /** Its number here. */
  readonly here: number
  isAway: boolean
  /** Ends that it types; undefined while it does not. */
  typing: Cancel | undefined
}

interface There {
  readonly count: number
  readonly guests: Map<number, Guest>
  /** Numbers of those who have come back on another server, which it counts still. */
  readonly moved: Set<number>
}

/** What changed of who is in a room elsewhere. */
export interface Moves {
  readonly came: readonly Guest[]
  readonly went: readonly Guest[]
}

/** Those who are in a room on other servers. */
export class Elsewhere {
  readonly #servers = new Map<string, There>()
  readonly #numberOf: (by: MessageAuthor) => number | undefined
  readonly #nextNumber: () => number

  /**
   * @param numberOf whose number somebody takes who was sent away from here, if they were
   * @param nextNumber gives somebody a number here
   */
  constructor(numberOf: (by: MessageAuthor) => number | undefined, nextNumber: () => number) {
    this.#numberOf = numberOf
    this.#nextNumber = nextNumber
  }

  /** How many they are. */
  get count(): number {
    let sum = 0
    for (const { count, moved } of this.#servers.values()) sum += Math.max(0, count - moved.size)
    return sum
  }

  /** Those of them who are named. */
  get guests(): readonly Guest[] {
    return [...this.#servers.values()].flatMap(({ guests }) => [...guests.values()])
  }

  find(server: string, number: number): Guest | undefined {
    return this.#servers.get(server)?.guests.get(number)
  }

  /** Somebody comes who may have been sent away there. @returns the number they had, if so */
  takeBack(by: MessageAuthor): number | undefined {
    for (const { guests, moved } of this.#servers.values()) {
      const guest = guests.values().find((one) => one.isAway && isSame(one.by, by))
      if (guest === undefined) continue
      guests.delete(guest.number)
      moved.add(guest.number)
      return guest.here
    }
    return undefined
  }

  /** Takes who is in the room on a server now; undefined where nothing has changed. */
  hear(server: string, fellows: readonly Fellow[], count: number): Moves | undefined {
    const before = this.#servers.get(server)
    const guests = new Map<number, Guest>()
    const moved = new Set<number>()
    const came: Guest[] = []
    const countBefore = this.count
    for (const fellow of fellows) {
      const { isAway, number } = fellow
      if (isAway && before?.moved.has(number) === true) {
        moved.add(number)
        continue
      }
      const known = before?.guests.get(number)
      const guest = known ?? this.#guestOf(fellow, came)
      guest.isAway = isAway
      guests.set(number, guest)
    }
    if (count === 0) this.#servers.delete(server)
    else this.#servers.set(server, { count, guests, moved })
    const went = [...(before?.guests.values() ?? [])].filter(({ number }) => !guests.has(number))
    const isSameAsBefore = came.length + went.length === 0 && this.count === countBefore
    return isSameAsBefore ? undefined : { came, went }
  }

  /** @param came to which somebody is added who was not in the room before */
  #guestOf(fellow: Fellow, came: Guest[]): Guest {
    const { by, isAway } = fellow
    const before = isAway ? undefined : (this.#numberOf(by) ?? this.takeBack(by))
    const guest = { ...fellow, here: before ?? this.#nextNumber(), typing: undefined }
    if (before === undefined) came.push(guest)
    return guest
  }
}

/** Whether they are one, as far as can be told: nothing but what others see depends on it. */
export function isSame(one: MessageAuthor, other: MessageAuthor): boolean {
  if (one.id !== undefined || other.id !== undefined) return one.id === other.id
  return one.name === other.name && one.color === other.color
}
