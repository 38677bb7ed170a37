import { expect, test } from 'bun:test'
import * as Y from 'yjs'
import type { Verdict } from '../../../src/auth/authority.ts'
import { defaultLimits } from '../../../src/base/limits/limits.ts'
import { Channel } from '../../../src/channel/channel.ts'
import { WaitingBudget } from '../../../src/channel/waiting-frames.ts'
import { yWebsocket } from '../../../src/protocol/y-websocket.ts'
import type { Room } from '../../../src/room/room.ts'
import { FakePeer } from '../../support/fakes/peer.ts'
import { openRoom } from '../../support/fakes/room.ts'
import { until } from '../../support/harness/wait.ts'

class FaultyPeer extends FakePeer {
  override refuse(): void {
    throw new TypeError('a bug of ours')
  }
}

interface Options {
  readonly later?: (work: () => void) => void
  readonly waitingBytes?: number
}

function channelWith(
  decide: () => Verdict | Promise<Verdict>,
  room?: () => Room,
  { later = setImmediate, waitingBytes = 1_000 }: Options = {},
) {
  const failed = Promise.withResolvers<unknown>()
  const budget = new WaitingBudget(waitingBytes)
  const channel = new Channel({
    peer: new FaultyPeer(),
    codec: yWebsocket,
    address: 'notes',
    wishes: { echo: false, saved: false, statuses: false },
    budget: () => budget,
    documentAccess: {
      document: 'notes',
      needsToken: false,
      decide,
      async open() {
        if (room === undefined) throw new Error('nobody gets so far')
        return room()
      },
      uploadRefused: () => undefined,
      refusalOf: () => undefined,
      failed: failed.resolve,
      later,
    },
    wallClock: () => 0,
    limits: defaultLimits,
    vacated: () => undefined,
  })
  return { channel, failed: failed.promise }
}

test('HOSTILE-9: a fault while somebody is denied is told to the room', async () => {
  const { channel, failed } = channelWith(() => ({ kind: 'denied', reason: 'no' }))
  channel.open(undefined)
  expect(await failed).toBeInstanceOf(TypeError)
})

test('HOSTILE-9: a fault while a failed decision is told is told to the room', async () => {
  const { channel, failed } = channelWith(() => Promise.reject(new Error('the store is away')))
  channel.open(undefined)
  expect(await failed).toBeInstanceOf(TypeError)
})

test('ROOM-8: who is handed a room that has been closed since enters the next one', async () => {
  const closed = openRoom()
  const next = openRoom()
  closed.room.close()
  const rooms = [closed.room, next.room]
  const { channel } = channelWith(
    () => ({ kind: 'granted', grant: { access: 'write' } }),
    () => rooms.shift() ?? next.room,
  )
  channel.open(undefined)
  await until('it is inside', () => next.room.sessionCount === 1)
  expect(closed.room.sessionCount).toBe(0)
})

const mib = 1_024 * 1_024
const granted = (): Verdict => ({ kind: 'granted', grant: { access: 'write' } })

/** Messages that append so much text each, one by one. */
function appended(count: number, bytes: number): Uint8Array[] {
  const document = new Y.Doc()
  const messages: Uint8Array[] = []
  document.on('update', (update: Uint8Array) => {
    messages.push(yWebsocket.encode({ kind: 'update', update }) ?? Uint8Array.of())
  })
  for (let index = 0; index < count; index++) {
    document.getText('t').insert(index * bytes, `${index % 10}`.repeat(bytes))
  }
  return messages
}

test('SYNC-13: much that has waited is taken in turns, and the next behind it', async () => {
  const { clock, room } = openRoom()
  const turns: (() => void)[] = []
  const options = { later: (work: () => void) => void turns.push(work), waitingBytes: 4 * mib }
  const { channel } = channelWith(granted, () => room, options)
  const messages = appended(40, mib / 16)
  const late = messages.splice(32)
  const receive = (raw: Uint8Array): void => channel.receive(yWebsocket.decode(raw), raw)
  for (const raw of messages) receive(raw)
  await until('it is inside', () => room.sessionCount === 1)
  const sizes: number[] = []
  for (;;) {
    clock.turn()
    sizes.push(room.document.byteLength)
    // Somebody goes on writing.
    const [next] = late.splice(0, 1)
    if (next !== undefined) receive(next)
    const work = turns.shift()
    if (work === undefined) break
    work()
  }
  for (const raw of late) receive(raw)
  clock.turn()
  const steps = sizes.slice(1).map((size, index) => size - (sizes[index] ?? 0))
  expect(steps.length).toBeGreaterThan(4)
  expect(Math.max(...steps)).toBeLessThan(mib / 2)
  const copy = new Y.Doc()
  const whole = room.document.describe(Uint8Array.of(0))
  if (typeof whole === 'string') throw new Error(whole)
  Y.applyUpdate(copy, whole.bytes())
  const expected = Array.from({ length: 40 }, (_, index) => `${index % 10}`.repeat(mib / 16))
  expect(copy.getText('t').toString() === expected.join('')).toBe(true)
})

test('SYNC-13: who is gone is not listened to, whatever has waited', async () => {
  const { clock, room } = openRoom()
  const turns: (() => void)[] = []
  const options = { later: (work: () => void) => void turns.push(work), waitingBytes: 4 * mib }
  const { channel } = channelWith(granted, () => room, options)
  for (const raw of appended(32, mib / 16)) channel.receive(yWebsocket.decode(raw), raw)
  await until('it is inside', () => turns.length > 0)
  channel.end()
  clock.turn()
  const before = room.document.byteLength
  for (const work of turns) work()
  clock.turn()
  expect([room.document.byteLength, room.sessionCount]).toEqual([before, 0])
})
