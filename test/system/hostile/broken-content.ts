import { craftDeletes, craftGaps, craftUpdate } from '../../support/harness/crafted.ts'
import type { Random } from '../sim/random.ts'
import type { Attack } from './attack.ts'
import { Attacker, type Victim, wires } from './attacker.ts'

type Misdeed = (attacker: Attacker, random: Random) => void

/** The same misdeed on both protocols, each by a client of its own. */
function onBoth(name: string, misdeed: Misdeed): Attack {
  return {
    name,
    async run(victim: Victim, random: Random) {
      for (const wire of wires) {
        const attacker = await Attacker.open(victim, wire)
        misdeed(attacker, random)
        await attacker.spent()
        attacker.end()
      }
    },
  }
}

/** A client id that nobody else has. */
function stranger(random: Random): number {
  return random.between(2 ** 40, 2 ** 50)
}

/** One client id and clock with two contents, before and after, longer and shorter. */
export const equivocation = onBoth('the same clock with other content', (attacker, random) => {
  const client = stranger(random)
  for (const text of ['aaaa', 'bbbb', 'cc', 'dddddddd']) {
    attacker.update(craftUpdate([{ client, text }]))
  }
  attacker.update(craftUpdate([{ client, clock: 2, text: 'ee', origin: [client, 1] }]))
})

/** Clocks that no client reaches, alone and with all before them missing. */
export const farAhead = onBoth('clocks far ahead', (attacker, random) => {
  for (const clock of [2 ** 20, 2 ** 31, 2 ** 40 - 2]) {
    attacker.update(craftUpdate([{ client: stranger(random), clock }]))
  }
  attacker.update(craftUpdate([{ client: stranger(random), clock: 2 ** 40 }]))
})

/** Deletes of what nobody has written. */
export const farDeletes = onBoth('deletes of what is to come', (attacker, random) => {
  const client = stranger(random)
  for (const length of [1, 2 ** 20, 2 ** 24 + 1, 2 ** 40]) {
    attacker.update(craftUpdate([], [{ client, clock: 0, length }]))
  }
})

/** Ranges of deleted clocks by the ten thousand. */
export const deleteRanges = onBoth('deleted ranges by the ten thousand', (attacker, random) => {
  for (let count = 0; count < 4; count++) {
    attacker.update(craftDeletes(stranger(random), 10_000))
  }
})

/** Updates whose past never comes, and one of nothing but gaps. */
export const gapFlood = onBoth('gaps that never fill', (attacker, random) => {
  for (let count = 0; count < 400; count++) {
    const client = stranger(random)
    attacker.update(craftUpdate([{ client, origin: [stranger(random), 0] }]))
    attacker.update(craftUpdate([{ client: stranger(random), clock: 1_000 }]))
  }
  attacker.update(craftGaps(stranger(random), 200_000))
})

/** Ten thousand client ids, one update each. */
export const manyClients = onBoth('ten thousand client ids', (attacker, random) => {
  // Hundreds at a time, each time elsewhere: it is the clients' own time that is spent here.
  for (let count = 0; count < 10; count++) {
    const clients = new Set(Array.from({ length: 510 }, () => stranger(random)))
    attacker.update(craftUpdate([...clients].map((client) => ({ client, root: `crowd ${count}` }))))
  }
})

/** Names of root types, many and long. */
export const manyRoots = onBoth('names of root types', (attacker, random) => {
  for (let count = 0; count < 1_000; count++) {
    const root = `${random.between(0, 2 ** 40)}`.padEnd(count === 0 ? 500_000 : 20, 'n')
    attacker.update(craftUpdate([{ client: 77, clock: random.between(0, 9), root }]))
  }
})

/** Small updates, as fast as they go. */
export const updateFlood = onBoth('updates by the ten thousand', (attacker, random) => {
  const client = stranger(random)
  for (let clock = 0; clock < 10_000; clock++) {
    const origin = clock === 0 ? undefined : ([client, clock - 1] as const)
    attacker.update(craftUpdate([origin === undefined ? { client } : { client, clock, origin }]))
  }
})

/** Large updates, one after the other, and one that is too large. */
export const largeUpdates = onBoth('updates of many megabytes', (attacker, random) => {
  for (const megabytes of [1, 8, 17]) {
    const text = 'x'.repeat(megabytes * 2 ** 20)
    attacker.update(craftUpdate([{ client: stranger(random), text, root: 'large' }]))
  }
})

/** Questions, whose answers nobody reads. */
export const questionFlood = onBoth('questions by the thousand', (attacker) => {
  for (let count = 0; count < 3_000; count++) {
    attacker.say(0, 0, 1, 0)
    attacker.say(3)
  }
})
