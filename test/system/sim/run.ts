import { checkQuiet } from './checks.ts'
import { misbehave } from './chaos.ts'
import type { Mutation } from './mutation.ts'
import type { Counts } from './trace.ts'
import { World } from './world.ts'

/** What came of one seed. */
export interface Outcome {
  readonly seed: number
  /** Sixteen hex digits over everything that happened, in its order. */
  readonly hash: string
  readonly counts: Counts
  /** What must not be, one sentence each; empty when all went well. */
  readonly violations: readonly string[]
}

/** Presence that a stock client has missed comes with its next renewal, after 15 s at most. */
const quietMsMax = 26_000

/**
 * Lives through one seed: rounds of trouble, each followed by quiet, in which everything must come
 * right by itself.
 */
export function runSeed(seed: number, mutation?: Mutation): Outcome {
  const world = new World(seed, mutation)
  const rounds = world.random.between(1, 2)
  for (let round = 1; round <= rounds && world.trace.violations.length === 0; round++) {
    misbehave(world)
    settle(world, `round ${round}`)
  }
  world.countServer()
  const { counts, hash, violations } = world.trace
  return { seed, counts, hash, violations }
}

function settle(world: World, when: string): void {
  world.disk.weather = 'fine'
  world.disk.faulty = false
  for (const client of world.clients) {
    client.socket?.resume()
    client.connect()
  }
  checkQuiet(world, when, quietMsMax)
  world.disk.faulty = true
}
