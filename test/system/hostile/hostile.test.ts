import { expect, test } from 'bun:test'
import { share } from '../../support/share.ts'
import {
  byteAttacks,
  contentAttacks,
  presenceAttacks,
  socketAttacks,
  talkAttacks,
  visitAttacks,
} from './attacks.ts'
import { comeAndGo, manyDocuments } from './broken-visits.ts'
import type { Attack } from './attack.ts'
import { openStage } from './stage.ts'
import { lastWord } from './witness.ts'
import { until } from '../../support/harness/wait.ts'
import { Random } from '../sim/random.ts'

const patienceMs = 180_000
const stage = await share(openStage())

const named = (attacks: readonly Attack[]) =>
  attacks.map((attack) => [attack.name, attack] as const)

/** Nothing of it was a surprise to the server. */
async function endures(attack: Attack): Promise<void> {
  await stage.endure(attack, 1)
  const { metrics } = await stage.health()
  expect(metrics['roomsFailed']).toBe(0)
  expect(stage.server.output()).not.toMatch(/unexpected fault|request-failed|room-failed/)
}

test.each(named(byteAttacks))('HOSTILE-1: %s', (_, attack) => endures(attack), patienceMs)

test('HOSTILE-1: what is attacked with is refused, not passed over', async () => {
  const { metrics } = await stage.health()
  expect(metrics['refused.bad-frame']).toBeGreaterThan(500)
  expect(metrics['refused.bad-update']).toBeGreaterThan(20)
  expect(metrics['refused.text-frame']).toBeGreaterThan(3)
})

test.each(named(socketAttacks))('HOSTILE-2: %s', (_, attack) => endures(attack), patienceMs)

test.each(named(contentAttacks))('HOSTILE-3: %s', (_, attack) => endures(attack), patienceMs)

test.each(named(presenceAttacks))('HOSTILE-4: %s', (_, attack) => endures(attack), patienceMs)

test.each(named(visitAttacks))('HOSTILE-5: %s', (_, attack) => endures(attack), patienceMs)

test.each(named(talkAttacks))('HOSTILE-10: %s', (_, attack) => endures(attack), patienceMs)

test(
  'HOSTILE-7: thousands who come and go leave no room and no memory behind',
  async () => {
    const used: number[] = []
    for (let round = 0; round < 3; round++) {
      for (let seed = 2; seed < 6; seed++) {
        await comeAndGo.run(stage.victim('passage'), new Random(seed))
      }
      await manyDocuments.run(stage.victim('passage'), new Random(round))
      await until('all rooms but the calm one are closed', async () => {
        const { connections, rooms } = await stage.health()
        return connections === 2 && rooms === 1
      })
      used.push(stage.megabytes())
    }
    const [first = 0, , third = 0] = used
    expect(third - first).toBeLessThan(60)
    expect(third).toBeLessThan(700)
  },
  patienceMs,
)

test(
  'HOSTILE-6: after a kill every attacked document has the last word of its people',
  async () => {
    await stage.restart()
    expect(stage.lastWords.size).toBeGreaterThan(20)
    for (const [document, word] of stage.lastWords) {
      expect([document, await lastWord(stage.server.url, document)]).toEqual([document, word])
    }
  },
  patienceMs,
)
