import { describe, expect, test } from 'bun:test'
import * as Y from 'yjs'
import type { Frame } from '../../../../src/protocol/frame.ts'
import { encodeAwareness } from '../../../../src/protocol/awareness.ts'
import { yWebsocket } from '../../../../src/protocol/y-websocket.ts'
import { openRoom } from '../../../support/fakes/room.ts'

const message = (frame: Frame): Uint8Array => yWebsocket.encode(frame) ?? Uint8Array.of()

/** Messages of somebody who types these letters, one after the other. */
function typed(letters: string): readonly Uint8Array[] {
  const document = new Y.Doc()
  const messages: Uint8Array[] = []
  document.on('update', (update: Uint8Array) => messages.push(message({ kind: 'update', update })))
  const text = document.getText('t')
  for (const letter of letters) text.insert(text.length, letter)
  return messages
}

/** What these messages come to for somebody who has nothing. */
function textOf(messages: readonly Uint8Array[]): string {
  const document = new Y.Doc()
  for (const bytes of messages) {
    const frame = yWebsocket.decode(bytes)
    if ('update' in frame && frame.kind !== 'awareness') Y.applyUpdate(document, frame.update)
  }
  return document.getText('t').toString()
}

describe('what one client writes in one turn', () => {
  test('RELAY-1: the first update leaves at once as it came, the others as one', () => {
    const { join, clock } = openRoom()
    const { peer, take } = join()
    const messages = typed('letters')
    for (const raw of messages) take(raw)
    expect(peer.published.map(({ bytes }) => bytes)).toEqual(messages.slice(0, 1))
    clock.turn()
    expect(peer.published.length).toBe(2)
    expect(textOf(peer.published.map(({ bytes }) => bytes))).toBe('letters')
  })

  test('RELAY-1: updates in turns of their own leave as they came', () => {
    const { join, clock } = openRoom()
    const { peer, take } = join()
    const messages = typed('letters')
    for (const raw of messages) {
      take(raw)
      clock.turn()
    }
    expect(peer.published.map(({ bytes }) => bytes)).toEqual([...messages])
  })

  test('RELAY-1: what is held leaves before what somebody else says', () => {
    const { join } = openRoom()
    const [one, other] = [join(), join()]
    for (const raw of typed('abc')) one.take(raw)
    const [theirs] = typed('z')
    other.take(theirs ?? Uint8Array.of())
    expect(textOf(one.peer.published.map(({ bytes }) => bytes))).toBe('abc')
    expect(other.peer.published.length).toBe(1)
  })

  test('RELAY-1: what is held leaves before the presence behind it', () => {
    const { join } = openRoom()
    const { peer, take } = join()
    for (const raw of typed('abc')) take(raw)
    const state = new TextEncoder().encode('{}')
    const update = encodeAwareness([{ clientId: 7, clock: 1, state }])
    take(message({ kind: 'awareness', update }))
    const kinds = peer.published.map(({ bytes }) => yWebsocket.decode(bytes).kind)
    expect(kinds).toEqual(['update', 'update', 'awareness'])
  })

  test('RELAY-1: what is held of a client that leaves reaches the others', () => {
    const { join, broadcasts } = openRoom()
    const { peer, session, take } = join()
    for (const raw of typed('abc')) take(raw)
    session.end()
    const told = [...peer.published, ...broadcasts].map(({ bytes }) => bytes)
    expect(textOf(told)).toBe('abc')
    expect(broadcasts.length).toBe(1)
  })

  test('SYNC-3: who opens the document in that turn has what is held', () => {
    const { join } = openRoom()
    const { take } = join()
    for (const raw of typed('abc')) take(raw)
    expect(textOf(join().peer.sent)).toBe('abc')
  })

  test('SLOW-1: who is taken off the topic in that turn has what is held', () => {
    const { join } = openRoom()
    const [writer, slow] = [join(), join()]
    for (const raw of typed('abc')) writer.take(raw)
    slow.session.detach()
    // Published while it was still on the topic: the real socket has it in its queue.
    const before = writer.peer.published.map(({ bytes }) => bytes)
    slow.peer.buffered = 0
    slow.session.drained()
    expect(textOf([...before, ...slow.peer.sent])).toBe('abc')
  })

  test('SAVED-2: a client that wants its updates back gets each as it came', async () => {
    const { join, clock } = openRoom()
    const { peer, take } = join({ echo: true, saved: false, statuses: false })
    const messages = typed('letters')
    const before = peer.sent.length
    for (const raw of messages) take(raw)
    await clock.advance(100)
    expect(peer.sent.slice(before)).toEqual([...messages])
  })

  test('SAVED-3: no receipt leaves before what is held is stored, then one for all', async () => {
    const { join, clock, store } = openRoom()
    store.hold()
    const { peer, take } = join({ echo: false, saved: true, statuses: false })
    const before = peer.sent.length
    for (const raw of typed('letters')) take(raw)
    await clock.advance(100)
    expect(peer.sent.length).toBe(before)
    store.release()
    await clock.advance(100)
    expect(peer.sent.slice(before)).toEqual([message({ kind: 'saved', count: 7 })])
  })

  test('SAVED-4: an update that repeats what is held is not confirmed before that', async () => {
    const { join, clock, store } = openRoom()
    store.hold()
    const { peer, take } = join({ echo: false, saved: true, statuses: false })
    const before = peer.sent.length
    const messages = typed('letters')
    for (const raw of messages) take(raw)
    take(messages.at(-1) ?? Uint8Array.of())
    await clock.advance(100)
    expect(peer.sent.length).toBe(before)
    store.release()
    await clock.advance(100)
    expect(peer.sent.at(-1)).toEqual(message({ kind: 'saved', count: 8 }))
  })

  test('JOURNAL-1: what is held is stored with the others, in order', async () => {
    const { join, clock, store, metrics } = openRoom()
    const [one, other] = [join(), join()]
    for (const raw of typed('abc')) one.take(raw)
    for (const raw of typed('xyz')) other.take(raw)
    await clock.advance(100)
    const { log } = await store.load('notes')
    const stored = log.map(({ bytes }) => message({ kind: 'update', update: bytes }))
    expect(textOf(stored).split('').toSorted().join('')).toBe('abcxyz')
    expect([log.length, metrics.updatesRelayed]).toEqual([4, 6])
  })
})
