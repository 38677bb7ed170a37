import { expect, test } from 'bun:test'
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

function channelWith(decide: () => Verdict | Promise<Verdict>, room?: () => Room) {
  const failed = Promise.withResolvers<unknown>()
  const channel = new Channel({
    peer: new FaultyPeer(),
    codec: yWebsocket,
    address: 'notes',
    wishes: { echo: false, saved: false, statuses: false },
    budget: () => new WaitingBudget(1_000),
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
