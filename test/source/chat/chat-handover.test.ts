import { afterEach, beforeEach, expect, test } from 'bun:test'
import type { Limits } from '../../../src/base/limits/limits.ts'
import { BusNetwork } from '../../support/fakes/bus.ts'
import { SharedDatabase } from '../../support/fakes/shared-store.ts'
import { until } from '../../support/harness/wait.ts'
import { type ChatStage, chatStage, type Talker } from './stage.ts'

let database: SharedDatabase
let network: BusNetwork
let stages: Set<ChatStage>

beforeEach(() => {
  database = new SharedDatabase()
  network = new BusNetwork()
  stages = new Set()
})
afterEach(async () => {
  for (const { server } of stages) await server.stop()
})

async function serverOf(limits: Partial<Limits> = {}): Promise<ChatStage> {
  const bus = network.bus()
  const stage = await chatStage({ drain_spread_ms: 0, ...limits }, database.opened(), bus)
  stages.add(stage)
  return stage
}

async function leaves(stage: ChatStage): Promise<void> {
  stages.delete(stage)
  await stage.server.stop()
}

async function joined(talker: Talker): Promise<Talker> {
  talker.say({ type: 'join' })
  await talker.hears('joined')
  return talker
}

const count = (talker: Talker): unknown => talker.told('members').at(-1)?.['count']

/** Who was said to come, and who to go, since so much was told. */
function moves(talker: Talker, since: number): readonly unknown[] {
  const told = talker.told('members').slice(since)
  return told.flatMap(({ joined: came, left }) => [came, left]).flat()
}

test('CLUSTER-26: whom a server sends away is not said to leave and join', async () => {
  const limits = { handover_ms_max: 2_000, server_beat_ms: 100 }
  const [a, b, c] = [await serverOf(), await serverOf(limits), await serverOf(limits)]
  const watching = [
    await joined(await b.talker('bob', 'write')),
    await joined(await c.hocuspocus('eve', 'write')),
  ]
  await joined(await a.talker('ada', 'write'))
  await joined(await a.talker('cem', 'write'))
  await until('all are seen', () => watching.every((one) => count(one) === 4))
  const before = watching.map((one) => one.told('members').length)
  await leaves(a)
  const ada = await joined(await b.talker('ada', 'write'))
  expect(ada.told('joined')[0]).toMatchObject({ count: 4 })
  // He does not come back; when he goes the server that left has been given up.
  await until('one has gone', () => watching.every((one) => count(one) === 3))
  for (const [index, one] of watching.entries()) {
    expect(moves(one, before[index] ?? 0)).toEqual([expect.any(Number)])
  }
})

test('CLUSTER-26: who is sent away and does not come back leaves', async () => {
  const limits = { handover_ms_max: 300, server_beat_ms: 100 }
  const [a, b] = [await serverOf(limits), await serverOf(limits)]
  const bob = await joined(await b.talker('bob', 'write'))
  await joined(await a.talker('ada', 'write'))
  await until('both are seen', () => count(bob) === 2)
  await leaves(a)
  await until('she is gone', () => count(bob) === 1)
})

test('CLUSTER-26: of two of one person who are sent away each is waited for', async () => {
  const [a, b] = [await serverOf(), await serverOf()]
  const bob = await joined(await b.talker('bob', 'write'))
  await joined(await a.talker('ada', 'write'))
  await joined(await a.talker('ada', 'write'))
  await until('all are seen', () => count(bob) === 3)
  const before = bob.told('members').length
  await leaves(a)
  const back = [await joined(await b.talker('ada', 'write'))]
  back.push(await joined(await b.talker('ada', 'write')))
  const numbers = back.map((one) => one.told('joined')[0]?.['you'])
  expect(new Set(numbers).size).toBe(2)
  await joined(await b.talker('dan', 'write'))
  await until('who came last was told', () => count(bob) === 4)
  expect(moves(bob, before)).toMatchObject([{ user: { id: 'dan' } }])
})
