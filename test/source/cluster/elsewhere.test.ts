import { beforeEach, expect, test } from 'bun:test'
import { systemChance } from '../../../src/base/chance.ts'
import { defaultLimits } from '../../../src/base/limits/limits.ts'
import { silentLog } from '../../../src/base/log.ts'
import { Metrics } from '../../../src/base/metrics.ts'
import { Cluster } from '../../../src/cluster/cluster.ts'
import { BusNetwork, type LocalBus } from '../../support/fakes/bus.ts'
import { FakeClock } from '../../support/fakes/clock.ts'

const elsewhereMs = defaultLimits.store_elsewhere_ms_max

let clock: FakeClock
let buses: LocalBus[]
let network: BusNetwork

beforeEach(() => {
  clock = new FakeClock()
  buses = []
  network = new BusNetwork()
  network.hand = (channel, bytes) => {
    for (const bus of buses) bus.take(channel, bytes.slice())
  }
})

/** One server of the cluster, with a store that is away when the test says so. */
interface Member {
  trouble: string | undefined
  sentAway: number
  readonly bus: LocalBus
  readonly cluster: Cluster
}

function join(): Member {
  const bus = network.bus()
  buses.push(bus)
  const parts = { clock, chance: systemChance, log: silentLog, metrics: new Metrics() }
  const cluster = new Cluster({ ...parts, bus, limits: defaultLimits })
  const member: Member = { trouble: undefined, sentAway: 0, bus, cluster }
  cluster.watch({
    trouble: () => member.trouble,
    sendAway: async () => {
      member.sentAway++
    },
  })
  cluster.listen({
    heard: () => undefined,
    up: () => undefined,
    down: () => undefined,
    left: () => undefined,
    revoked: () => undefined,
  })
  return member
}

test('CLUSTER-24: clients are sent away once when only this server lacks its store', async () => {
  const [a, b] = [join(), join()]
  await clock.advance(5_000)
  a.trouble = 'It does not answer.'
  await clock.advance(elsewhereMs - 1_000)
  expect(a.sentAway).toBe(0)
  await clock.advance(3_000)
  expect([a.sentAway, b.sentAway]).toEqual([1, 0])
  await clock.advance(60_000)
  expect(a.sentAway).toBe(1)
  a.trouble = undefined
  await clock.advance(5_000)
  a.trouble = 'It does not answer again.'
  await clock.advance(elsewhereMs + 3_000)
  expect(a.sentAway).toBe(2)
})

test('CLUSTER-24: nobody is sent away while no other server has the store', async () => {
  const [a, b] = [join(), join()]
  a.trouble = 'It does not answer.'
  b.trouble = 'It does not answer.'
  await clock.advance(60_000)
  expect([a.sentAway, b.sentAway]).toEqual([0, 0])
  // The other one has it back a moment sooner: that is no reason yet.
  b.trouble = undefined
  await clock.advance(elsewhereMs - 1_000)
  a.trouble = undefined
  await clock.advance(60_000)
  expect(a.sentAway).toBe(0)
})

test('CLUSTER-24: nobody is sent to a server that is not heard', async () => {
  const [a, b] = [join(), join()]
  await clock.advance(5_000)
  a.trouble = 'It does not answer.'
  b.bus.isUp = false
  await clock.advance(60_000)
  expect(a.sentAway).toBe(0)
})

test('CLUSTER-28: clients are sent on as long as another server has the store', async () => {
  const [a, b] = [join(), join()]
  await clock.advance(5_000)
  a.trouble = 'It does not answer.'
  await clock.advance(elsewhereMs - 1_000)
  expect(a.cluster.isStoreElsewhere).toBe(false)
  await clock.advance(60_000)
  expect([a.cluster.isStoreElsewhere, b.cluster.isStoreElsewhere]).toEqual([true, false])
  // There is no other one any more that would take them.
  b.bus.isUp = false
  await clock.advance(5_000)
  expect(a.cluster.isStoreElsewhere).toBe(false)
  b.bus.isUp = true
  await clock.advance(elsewhereMs + 3_000)
  expect(a.cluster.isStoreElsewhere).toBe(true)
  a.trouble = undefined
  await clock.advance(5_000)
  expect(a.cluster.isStoreElsewhere).toBe(false)
})
