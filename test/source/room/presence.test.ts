import { expect, test } from 'bun:test'
import { type AwarenessEntry, decodeAwareness } from '../../../src/protocol/awareness.ts'
import { encodeAwareness } from '../../../src/protocol/awareness.ts'
import { yWebsocket } from '../../../src/protocol/y-websocket.ts'
import { defaultLimits } from '../../../src/base/limits/limits.ts'
import { openRoom } from '../../support/fakes/room.ts'
import type { FakePeer } from '../../support/fakes/peer.ts'

const stepOne = Uint8Array.of(0, 0, 1, 0)

function showing(clientId: number, clock: number, size = 10): Uint8Array {
  const state = new TextEncoder().encode(JSON.stringify({ at: 'x'.repeat(size) }))
  const update = encodeAwareness([{ clientId, clock, state }])
  return yWebsocket.encode({ kind: 'awareness', update }) ?? Uint8Array.of()
}

/** The entries that a peer was sent by itself since then, as `client:clock`. */
function told(peer: FakePeer, from: number): string[] {
  return entriesOf(peer.sent.slice(from))
}

function entriesOf(frames: readonly Uint8Array[]): string[] {
  return frames.flatMap((bytes) => {
    const frame = yWebsocket.decode(bytes)
    if (frame.kind !== 'awareness') return []
    const reading = decodeAwareness(frame.update, defaultLimits)
    return typeof reading === 'string' ? [reading] : reading.entries.map(inShort)
  })
}

function inShort({ clientId, clock, state }: AwarenessEntry): string {
  return `${clientId}:${clock}${state === undefined ? ' gone' : ''}`
}

test('AWARE-12: who has caught up is told what changed, and not all presence again', () => {
  const { join } = openRoom()
  const crowd = Array.from({ length: 50 }, () => join())
  for (const [index, { take }] of crowd.entries()) take(showing(index + 1, 1, 10_000))
  const { peer, session } = join()
  const before = peer.sent.length
  for (let round = 0; round < 20; round++) {
    peer.buffered = 1
    session.detach()
    crowd[0]?.take(showing(1, round + 2))
    if (round === 10) crowd[7]?.session.end()
    peer.buffered = 0
    session.drained()
    expect(session.live).toBe(true)
  }
  const rounds = Array.from({ length: 20 }, (_, round) => `1:${round + 2}`)
  expect(told(peer, before)).toEqual(rounds.toSpliced(11, 0, '8:1 gone'))
})

test('AWARE-12: what was gathered when a client fell behind reaches it as well', async () => {
  const limits = { awareness_batch_sessions_min: 2, awareness_batch_ms: 40 }
  const { join, clock } = openRoom(limits)
  const [ana, bob] = [join(), join()]
  ana.take(showing(1, 1))
  await clock.advance(40)
  ana.take(showing(1, 2))
  bob.peer.buffered = 1
  bob.session.detach()
  const before = bob.peer.sent.length
  // It goes out on the topic while bob is off it.
  await clock.advance(40)
  bob.peer.buffered = 0
  bob.session.drained()
  expect(told(bob.peer, before)).toEqual(['1:2'])
})

test('AWARE-12: who asks anew while behind is told what changed of presence too', () => {
  const { join } = openRoom()
  const [ana, bob] = [join(), join()]
  bob.peer.buffered = 1
  bob.session.detach()
  ana.take(showing(1, 1))
  const before = bob.peer.sent.length
  bob.take(stepOne)
  expect(bob.session.live).toBe(true)
  expect(told(bob.peer, before)).toEqual(['1:1'])
})

const denials = (peer: FakePeer): number => peer.sent.filter(([type]) => type === 2).length

test('AWARE-13: whose presence is not shown is told so once, until some of it is', () => {
  const { join, metrics } = openRoom({ awareness_state_bytes_max: 100 })
  const { peer, session, take } = join()
  for (const clock of [1, 2, 3]) take(showing(1, clock, 200))
  expect([denials(peer), metrics.awarenessUnseen]).toEqual([1, 3])
  const said = new TextDecoder().decode(peer.sent.find(([type]) => type === 2))
  expect(said).toContain('the presence state has more than 100 bytes')
  take(showing(1, 4))
  take(showing(1, 5, 200))
  expect([denials(peer), metrics.awarenessUnseen]).toEqual([2, 4])
  expect([session.ended, peer.refused]).toEqual([false, undefined])
})

test('AWARE-13: a client to whom a denial says more than that is not told', () => {
  const { join, metrics } = openRoom({ awareness_state_bytes_max: 100 })
  for (const wishes of [
    { echo: false, saved: true, statuses: false },
    { echo: false, saved: false, statuses: true },
  ]) {
    const { peer, take } = join(wishes)
    take(showing(1, 1, 200))
    expect(denials(peer)).toBe(0)
  }
  expect(metrics.awarenessUnseen).toBe(2)
})

test('AWARE-14: who is sent away stays shown until they are back, or for a while', async () => {
  const { join, room, broadcasts, clock } = openRoom({ handover_ms_max: 5_000 })
  const [ana, bob] = [join(), join()]
  ana.take(showing(1, 1))
  bob.take(showing(2, 1))
  const late = join()
  const said = (): string[] => entriesOf(broadcasts.splice(0).map(({ bytes }) => bytes))
  said()
  ana.session.end(true)
  bob.session.end(true)
  const back = join()
  back.take(showing(1, 1))
  const sweep = (): void =>
    room
      .sweep(clock.now())
      .toArray()
      .forEach(() => undefined)
  sweep()
  expect(said()).toEqual([])
  expect(room.presence.shownBy(back.session)).toHaveLength(1)
  await clock.advance(5_001)
  sweep()
  expect(said()).toEqual(['2:1 gone'])
  back.session.end()
  expect(said()).toEqual(['1:1 gone'])
  late.session.end()
})
