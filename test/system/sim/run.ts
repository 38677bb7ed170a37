import { checkReceipts, checkStored, findUnrest } from './checks.ts'
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

const stepMs = 250
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
  const givenUpAt = world.clock.now() + quietMsMax
  // Somebody who opens the document now must get all of it.
  world.clock.advance(stepMs)
  for (const name of world.documents) world.addClient(name)
  let unrest = findUnrest(world)
  while (unrest.length > 0 && world.clock.now() < givenUpAt) {
    world.clock.advance(stepMs)
    unrest = findUnrest(world)
  }
  for (const sentence of unrest) world.trace.violate(`${when}: ${sentence}`)
  // What is relayed is on its way to the disk; a hole in memory must not hide one there.
  world.clock.advance(1_000)
  if (unrest.length === 0) checkStored(world)
  checkReceipts(world, when)
  world.disk.faulty = true
}
