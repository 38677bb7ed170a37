import { checkQuiet } from '../checks.ts'
import type { Outcome } from '../run.ts'
import { breakRule } from './broken-chain.ts'
import { checkDeleted, misbehave } from './chaos.ts'
import type { ServersCounts } from './counts.ts'
import type { Mutation } from './mutation.ts'
import { ServersWorld } from './world.ts'

/** What came of one seed with several servers. */
export interface ServersOutcome extends Outcome {
  readonly happened: ServersCounts
}

/** What was lost of presence comes with its next renewal, or goes when it is not renewed. */
const quietMsMax = 45_000

/**
 * Lives through one seed of several servers: rounds of trouble, each followed by quiet, in which
 * everything must come right by itself.
 */
export function runServersSeed(seed: number, mutation?: Mutation): ServersOutcome {
  const mend = breakRule(mutation)
  try {
    const world = new ServersWorld(seed, mutation)
    const rounds = world.random.between(1, 2)
    for (let round = 1; round <= rounds && world.trace.violations.length === 0; round++) {
      misbehave(world)
      settle(world, `round ${round}`)
    }
    world.countServers()
    const { happened, trace } = world
    return { seed, happened, counts: trace.counts, hash: trace.hash, violations: trace.violations }
  } finally {
    mend()
  }
}

function settle(world: ServersWorld, when: string): void {
  const { disk, network } = world
  disk.weather = 'fine'
  disk.faulty = false
  network.turn(true)
  network.badness = { lost: 0, doubled: 0, late: 0 }
  for (const running of world.servers) {
    if (running === undefined) continue
    running.store.weather = 'fine'
    running.bus.cut(false)
    running.clock.thaw()
  }
  for (const client of world.clients) client.socket?.resume()
  bringBack(world)
  checkQuiet(world, when, quietMsMax, () => bringBack(world))
  checkDeleted(world)
  disk.faulty = true
}

/** Who has left comes back, also who hears only now that a document was deleted that is there. */
function bringBack({ clients, documents }: ServersWorld): void {
  for (const client of clients) {
    if (!client.wantsConnection && documents.includes(client.name)) client.connect()
  }
}
