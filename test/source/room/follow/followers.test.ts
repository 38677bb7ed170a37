import { expect, test } from 'bun:test'
import type { Head } from '../../../../persistence/store.ts'
import { limitsWith } from '../../../../src/base/limits/limits.ts'
import { silentLog } from '../../../../src/base/log.ts'
import { Followers } from '../../../../src/room/follow/followers.ts'
import { Journal } from '../../../../src/storage/journal.ts'
import { openRoom } from '../../../support/fakes/room.ts'

/** A server with open documents, which counts how often its store is asked for heads. */
function follow(answer: (believed: readonly Head[]) => Promise<readonly Head[]>, documents = 1) {
  const limits = limitsWith({ heads_poll_ms: 200, store_silence_ms_max: 5_000 })
  const { clock, metrics, room, store } = openRoom(limits)
  let looks = 0
  const heads = (believed: readonly Head[]): Promise<readonly Head[]> => {
    looks++
    return answer(believed)
  }
  Object.assign(store, { heads })
  const basics = { store, clock, log: silentLog, metrics, limits }
  const told = { failed: () => undefined, gone: () => undefined }
  const followers = new Followers({ ...basics, ...told, journal: new Journal(basics) })
  followers.begin(room, { number: 0, tag: 0 })
  for (let more = 1; more < documents; more++) {
    const another = Object.assign(openRoom(limits).room, { name: `notes ${more}` })
    followers.begin(another, { number: 0, tag: 0 })
  }
  return { clock, followers, looks: () => looks }
}

test('CLUSTER-32: a store that answers is asked again and again', async () => {
  const { clock, followers, looks } = follow(() => Promise.resolve([]))
  await clock.advance(10_000)
  expect(looks()).toBe(50)
  followers.end()
  await clock.advance(10_000)
  expect(looks()).toBe(50)
})

test('CLUSTER-32: a store that does not answer is asked again after its time', async () => {
  const { clock, looks } = follow(() => new Promise(() => undefined))
  await clock.advance(5_000)
  expect(looks()).toBe(1)
  await clock.advance(200)
  expect(looks()).toBe(2)
})

test('CLUSTER-32: a store that is away is asked every second', async () => {
  const { clock, looks } = follow(() => Promise.reject(new Error('away, by the test')))
  await clock.advance(10_200)
  expect(looks()).toBe(11)
})

test('CLUSTER-32: at the loss of the bus a look that hangs is not waited for', async () => {
  const { clock, followers, looks } = follow(() => new Promise(() => undefined))
  await clock.advance(200)
  followers.down()
  expect(looks()).toBe(2)
})

test('CLUSTER-32: no question to the store is about more than a thousand documents', async () => {
  const asked: (readonly Head[])[] = []
  const { clock } = follow((believed) => {
    asked.push(believed)
    return Promise.resolve([])
  }, 2_500)
  await clock.advance(200)
  expect(asked.map(({ length }) => length)).toEqual([1_000, 1_000, 500])
  expect(new Set(asked.flat().map(({ document }) => document)).size).toBe(2_500)
})
