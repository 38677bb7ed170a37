import { beforeEach, expect, test } from 'bun:test'
import type { Revocation } from '../../../src/auth/authority.ts'
import { KeptRevocations } from '../../../src/auth/kept-revocations.ts'
import { silentLog } from '../../../src/base/log.ts'
import { createMemoryStore } from '../../../persistence/memory/store.ts'
import type { Store } from '../../../persistence/store.ts'
import { FakeClock } from '../../support/fakes/clock.ts'
import { until } from '../../support/harness/wait.ts'

const limits = {
  heads_check_ms: 1_000,
  revocation_ms_max: 60_000,
  revocations_max: 100,
  revocations_unread_ms_max: 30_000,
}
const eve = { document: 'notes', id: 'eve' }

interface Server {
  readonly revocations: KeptRevocations
  /** When each was taken back there. */
  readonly taken: number[]
  /** What it says over the bus, which hands nothing on by itself. */
  readonly said: Parameters<KeptRevocations['heard']>[0][]
}

let store: Store

beforeEach(() => {
  store = createMemoryStore(() => 100_000)
})

function serverOf(wallClock: () => number): Server {
  const [taken, said]: [number[], Server['said']] = [[], []]
  const revocations = new KeptRevocations({
    store,
    cluster: { sayToAll: (what) => said.push(what) },
    clock: new FakeClock(),
    wallClock,
    log: silentLog,
    limits,
    apply: (_what: Revocation, at: number) => taken.push(at),
  })
  return { revocations, taken, said }
}

/** Resolves when all was read that is stored. */
async function read({ revocations }: Server): Promise<void> {
  revocations.look()
  await revocations.unknown
}

test('AUTH-29: a clock that is behind takes access back once more all the same', async () => {
  const ahead = serverOf(() => 100_000)
  const behind = serverOf(() => 95_000)
  const third = serverOf(() => 100_000)
  await ahead.revocations.add(eve)
  for (const one of [behind, third]) for (const what of ahead.said) one.revocations.heard(what)
  await behind.revocations.add(eve)
  for (const one of [ahead, third]) for (const what of behind.said) one.revocations.heard(what)
  expect([ahead.taken, behind.taken, third.taken]).toEqual(
    Array.from({ length: 3 }, () => [100_000, 100_001]),
  )
})

test('AUTH-29: so it is where that server did not hear of the first', async () => {
  const ahead = serverOf(() => 100_000)
  const behind = serverOf(() => 95_000)
  const third = serverOf(() => 100_000)
  await ahead.revocations.add(eve)
  for (const what of ahead.said) third.revocations.heard(what)
  await behind.revocations.add(eve)
  for (const what of behind.said) third.revocations.heard(what)
  expect(third.taken).toEqual([100_000, 100_000])
})

test('AUTH-29: so it is where nothing is heard over the bus', async () => {
  const ahead = serverOf(() => 100_000)
  const behind = serverOf(() => 95_000)
  const third = serverOf(() => 100_000)
  await ahead.revocations.add(eve)
  await read(third)
  await behind.revocations.add(eve)
  third.revocations.look()
  await until('read', () => third.taken.length > 1)
  expect(third.taken).toEqual([100_000, 100_001])
})

test('AUTH-29: what is heard over the bus and read from the store counts once', async () => {
  const [one, two] = [serverOf(() => 100_000), serverOf(() => 100_000)]
  await one.revocations.add(eve)
  for (const what of one.said) two.revocations.heard(what)
  await read(two)
  expect(two.taken).toEqual([100_000])
})

test('AUTH-17: those that were taken are kept in mind up to so many, the newest', () => {
  const { revocations, taken } = serverOf(() => 100_000)
  const hear = (id: number): void => revocations.heard({ id: `${id}`, at: id })
  for (let id = 0; id <= limits.revocations_max; id++) hear(id)
  const before = taken.length
  hear(limits.revocations_max)
  expect(taken).toHaveLength(before)
  hear(0)
  expect(taken).toHaveLength(before + 1)
})
