import { expect, test } from 'bun:test'
import type { Version } from '../../../persistence/versions.ts'
import { versionId } from '../../../persistence/versions.ts'
import { Schedule } from '../../../src/room/schedule.ts'
import { superfluous } from '../../../src/history/thinning.ts'

const second = 1_000
const minute = 60 * second
const hour = 60 * minute
const day = 24 * hour

/** A schedule of the default limits that is looked at once a second. */
function watching() {
  const kept: number[] = []
  let now = 0
  let position = 0
  const times = { intervalMs: 10 * minute, quietMs: 2 * minute }
  const schedule = new Schedule(times, () => kept.push(now))
  const go = (seconds: number, edits: number): void => {
    for (let index = 0; index < seconds; index++) {
      position += edits
      now += second
      schedule.looked('a', position, now)
    }
  }
  return { kept, go, close: () => schedule.closed('a', position) }
}

test('HISTORY-6: one every ten minutes of editing, and one when it has been quiet for two', () => {
  const { go, kept } = watching()
  go(1, 0)
  go(25 * 60, 1)
  expect(kept.map((at) => Math.round(at / minute))).toEqual([10, 20])
  go(119, 0)
  expect(kept).toHaveLength(2)
  go(3 * 60, 0)
  expect(kept).toHaveLength(3)
  go(60 * 60, 0)
  expect(kept).toHaveLength(3)
})

test('HISTORY-6: one when a changed document is closed, none when it is as it was', () => {
  const { close, go, kept } = watching()
  go(5, 0)
  close()
  expect(kept).toHaveLength(0)
  go(5, 1)
  close()
  expect(kept).toHaveLength(1)
  close()
  go(1, 0)
  expect(kept).toHaveLength(2)
})

/** Versions, newest first, of so many milliseconds before `now`. */
function versionsAt(now: number, ages: readonly number[]): Version[] {
  return ages.map((age) => ({
    id: versionId(now - age),
    incarnation: 'i',
    time: now - age,
    kind: 'auto',
    form: 'increment',
    authors: [],
    restoredFrom: undefined,
    stateBytes: 100,
    storedBytes: 10,
  }))
}

test('HISTORY-7: old versions are thinned to one an hour, a day and a week', () => {
  const now = 1_000 * day
  const ages = Array.from({ length: 200 * 24 * 6 }, (_, index) => index * 10 * minute)
  const versions = versionsAt(now, ages)
  const gone = new Set(superfluous(versions, now, Infinity))
  const stays = versions.filter((version) => !gone.has(version))
  const aged = (from: number, to: number): number =>
    stays.filter(({ time }) => now - time >= from && now - time < to).length
  expect(aged(0, day)).toBe(144)
  expect(aged(day, 7 * day)).toBeWithin(6 * 24, 6 * 24 + 2)
  expect(aged(7 * day, 90 * day)).toBeWithin(83, 85)
  expect(aged(90 * day, 200 * day)).toBeWithin(15, 18)
  expect(stays[0]).toBe(versions[0])
})

test('HISTORY-7: named versions and those around a restore or delete stay', () => {
  const now = 1_000 * day
  const [newest, ...others] = versionsAt(
    now,
    [0, 1, 2, 3, 4, 5].map((age) => 400 * day + age),
  )
  const [a, b, c, d, e] = others
  if (newest === undefined || a === undefined || b === undefined || c === undefined) return
  const versions: Version[] = [
    newest,
    { ...a, name: 'kept' },
    { ...b, kind: 'before-restore' },
    { ...c, kind: 'before-delete' },
    ...[d, e].flatMap((version) => version ?? []),
  ]
  const gone = superfluous(versions, now, Infinity)
  expect(gone.map(({ id }) => id)).toEqual([e?.id ?? ''])
})

test('HISTORY-7: while all take too much together the oldest automatic ones go', () => {
  const now = 1_000 * day
  const versions = versionsAt(now, [0, 1, 2, 3, 4, 5, 6]).map((version, index) => ({
    ...version,
    stateBytes: 2,
    name: index === 6 ? 'named' : undefined,
  }))
  const gone = superfluous(versions, now, 45)
  expect(gone).toEqual([versions[5], versions[4], versions[3]].flatMap((one) => one ?? []))
})
