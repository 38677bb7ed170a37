import type { HocuspocusClient } from '../../test/support/harness/hocuspocus.ts'
import { until } from '../../test/support/harness/wait.ts'
import type { Balancer } from './balancer.ts'
import { type Crew, sees, sitDown } from './crew.ts'
import { PlainCrew } from './plain-crew.ts'
import { type Place, places, type Stage } from './stage.ts'

/** What is there while a fault is made. */
export interface Scene {
  readonly stage: Stage
  readonly balancer: Balancer
  readonly crew: Crew
}

/** What a fault tells beside what is measured of all. */
export interface Told {
  /** Edits confirmed while the database answered nobody. */
  readonly savedInside?: number
  /** How long y-websocket clients were without their server, each time, in ms. */
  readonly plainHandOvers?: readonly number[]
  /** How long somebody was still seen whose server and page were killed, in ms. */
  readonly goneMs?: number
}

/** Something that is done to servers while people type. */
export interface Fault {
  readonly name: string
  /** Whether servers reach PostgreSQL and Redis through gates. */
  readonly gated: boolean
  /** Whether at its end both servers are killed and everybody's page is closed. */
  readonly isEnd: boolean
  /** Does it, and undoes it; in the midst half of the documents fall silent. */
  readonly make: (scene: Scene) => Promise<Told | undefined>
}

const seenMsMax = 60_000

export const faults: readonly Fault[] = [
  plain('Redis killed for 5 s', async ({ stage, crew }) => {
    await stage.redis.kill()
    await halves(crew, 5_000)
    await stage.redis.start()
  }),
  gated('Redis deaf for 10 s', async ({ stage, crew }) => {
    for (const place of places) stage.gates(place).redis.set('deaf')
    await halves(crew, 10_000)
    for (const place of places) stage.gates(place).redis.set('open')
  }),
  plain('subscriptions killed 20 times in 5 s', async ({ stage, crew }) => {
    for (let cut = 0; cut < 20; cut++) {
      await stage.redis.command('CLIENT', 'KILL', 'TYPE', 'pubsub')
      if (cut === 14) crew.stopHalf()
      await Bun.sleep(250)
    }
  }),
  plain('PostgreSQL restarted as at a crash', async ({ stage, crew }) => {
    await stage.postgres.restart()
    crew.stopHalf()
  }),
  gated('PostgreSQL deaf for 15 s', async ({ stage, crew }) => {
    for (const place of places) stage.gates(place).postgres.set('deaf')
    const inside = await savedWhile(crew, () => halves(crew, 15_000))
    for (const place of places) stage.gates(place).postgres.set('open')
    return { savedInside: inside }
  }),
  {
    ...gated('PostgreSQL deaf, both servers killed after 8 s of it', async ({ stage, crew }) => {
      for (const place of places) stage.gates(place).postgres.set('deaf')
      const inside = await savedWhile(crew, () => Bun.sleep(8_000))
      await killAll({ stage, crew })
      for (const place of places) stage.gates(place).postgres.set('open')
      return { savedInside: inside }
    }),
    isEnd: true,
  },
  plain('a server killed, its clients move', async ({ stage, balancer, crew }) => {
    const ghost = sitDown(balancer.url(0) + stage.kind.path, 'shared-0', 'ghost')
    const witness = crew.pairs[0]?.[1].client
    if (witness === undefined) throw new Error('nobody is there')
    await until('the ghost is seen', () => sees(witness, 'ghost'))
    await stage.end(0, 'SIGKILL')
    ghost.end()
    const gone = timeUntilGone(witness, 'ghost')
    await halves(crew, 5_000)
    await stage.start(0)
    const goneMs = await gone
    return goneMs === undefined ? {} : { goneMs }
  }),
  {
    ...plain('both servers killed, nobody comes back', killAll),
    isEnd: true,
  },
  plain('rolling restart', async ({ stage, balancer, crew }) => {
    const others = new PlainCrew(balancer, stage.kind.plainPath)
    for (const place of places) {
      await replace(stage, balancer, place)
      if (place === 0) crew.stopHalf()
      await Bun.sleep(1_000)
    }
    others.end()
    return { plainHandOvers: others.handOvers }
  }),
  gated('one server cut off from PostgreSQL for 12 s', async ({ stage, crew }) => {
    stage.gates(0).postgres.set('cut')
    await halves(crew, 12_000)
    stage.gates(0).postgres.set('open')
  }),
]

function plain(name: string, make: (scene: Scene) => Promise<Told | undefined | void>): Fault {
  return {
    name,
    gated: false,
    isEnd: false,
    make: async (scene) => (await make(scene)) ?? undefined,
  }
}

function gated(name: string, make: Parameters<typeof plain>[1]): Fault {
  return { ...plain(name, make), gated: true }
}

/** Lets time pass; half of the documents fall silent in its midst. */
async function halves(crew: Crew, ms: number): Promise<void> {
  await Bun.sleep(ms / 2)
  crew.stopHalf()
  await Bun.sleep(ms / 2)
}

/** What is confirmed meanwhile, but for what was on its way at the beginning. */
async function savedWhile(crew: Crew, wait: () => Promise<unknown>): Promise<number> {
  const settling = Bun.sleep(300).then(() => crew.saved)
  await wait()
  return crew.saved - (await settling)
}

async function killAll({ stage, crew }: Pick<Scene, 'stage' | 'crew'>): Promise<void> {
  const ends = places.map((place) => stage.end(place, 'SIGKILL'))
  crew.leave()
  await Promise.all(ends)
}

/** Ends a server as a deployment does, once nobody new is sent there, and starts another. */
async function replace(stage: Stage, balancer: Balancer, place: Place): Promise<void> {
  balancer.takeOut(place)
  await stage.end(place, 'SIGTERM')
  await stage.start(place)
  balancer.putBack(place)
}

async function timeUntilGone(client: HocuspocusClient, name: string): Promise<number | undefined> {
  const began = performance.now()
  while (sees(client, name)) {
    if (performance.now() - began > seenMsMax) return undefined
    await Bun.sleep(20)
  }
  return performance.now() - began
}
