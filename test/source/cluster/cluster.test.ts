import { expect, test } from 'bun:test'
import { systemChance } from '../../../src/base/chance.ts'
import { defaultLimits } from '../../../src/base/limits/limits.ts'
import { silentLog } from '../../../src/base/log.ts'
import { Metrics } from '../../../src/base/metrics.ts'
import { Cluster } from '../../../src/cluster/cluster.ts'
import { BusNetwork, type LocalBus } from '../../support/fakes/bus.ts'
import { FakeClock } from '../../support/fakes/clock.ts'

function member(bus: LocalBus, clock: FakeClock, left: () => void): Cluster {
  const parts = { chance: systemChance, log: silentLog, metrics: new Metrics() }
  const cluster = new Cluster({ ...parts, bus, clock, limits: defaultLimits })
  const ignore = (): void => undefined
  cluster.listen({ heard: ignore, up: ignore, down: ignore, revoked: ignore, left })
  return cluster
}

/** Lets time pass, and what is said be heard. */
async function pass(clock: FakeClock, ms: number): Promise<void> {
  const stepMs = 50
  for (let passed = 0; passed < ms; passed += stepMs) {
    await clock.advance(stepMs)
    await new Promise<void>((resolve) => {
      setImmediate(resolve)
    })
  }
}

test('CLUSTER-19: a server that is killed counts as gone after 7 to 10 s', async () => {
  const after: number[] = []
  for (let phase = 0; phase < 1_000; phase += 150) {
    for (let moment = 0; moment < 1_000; moment += 150) {
      const clock = new FakeClock()
      const network = new BusNetwork()
      let leftAt: number | undefined
      const watching = member(network.bus(), clock, () => {
        leftAt = clock.now()
      })
      await pass(clock, phase)
      const bus = network.bus()
      const dying = member(bus, clock, () => undefined)
      await pass(clock, 3_000 + moment)
      bus.isUp = false
      const diedAt = clock.now()
      await pass(clock, 11_000)
      after.push((leftAt ?? Infinity) - diedAt)
      await Promise.all([dying.end(), watching.end()])
    }
  }
  expect(Math.max(...after)).toBeLessThanOrEqual(9_500)
  expect(Math.min(...after)).toBeGreaterThanOrEqual(7_000)
}, 120_000)
