import { expect, test } from 'bun:test'
import * as Y from 'yjs'
import { EditCount } from '../../../bench/clients/counting.ts'
import { appendUpdate, textName, writerId } from '../../../bench/clients/edits.ts'
import { clientFrame, FrameReader } from '../../../bench/clients/frames.ts'
import { editingSession } from '../../../bench/clients/person.ts'

test('PERF-5: what the bench writes is byte for byte what Yjs writes', () => {
  const document = new Y.Doc()
  document.clientID = writerId(3)
  const written: Uint8Array[] = []
  document.on('update', (update: Uint8Array) => written.push(update))
  const text = document.getText(textName)
  for (let clock = 0; clock < 300; clock++) {
    text.insert(clock, String.fromCharCode(97 + (clock % 26)))
    expect(appendUpdate(writerId(3), clock)).toEqual(written[clock] ?? Uint8Array.of())
  }
})

test('PERF-5: edits are counted by what they hold, however they are packed', () => {
  const parts = Array.from({ length: 50 }, (_, clock) => appendUpdate(writerId(0), clock))
  const merged = Y.mergeUpdates(parts)
  const document = new Y.Doc()
  Y.applyUpdate(document, merged)
  const squeezed = Y.encodeStateAsUpdate(document)
  for (const updates of [parts, [merged], [squeezed], [merged, ...parts]]) {
    const count = new EditCount(1)
    for (const update of updates) count.update(update, 0, update.length)
    expect([count.clocks, count.gaps]).toEqual([[50], 0])
  }
  const torn = new EditCount(1)
  for (const update of parts.slice(1)) torn.update(update, 0, update.length)
  expect(torn.gaps).toBeGreaterThan(0)
})

test('PERF-5: frames are cut alike wherever the bytes are divided', () => {
  const payloads = [1, 125, 126, 5_000, 70_000].map((length) => new Uint8Array(length).fill(length))
  // A server's frames are a client's without mask and mask bit.
  const stream = payloads.flatMap((payload) => {
    const frame = clientFrame(payload)
    const header = frame.subarray(0, frame.length - payload.length - 4)
    header[1] = (header[1] ?? 0) & 127
    return [...header, ...payload]
  })
  for (const step of [1, 7, 4_096, stream.length]) {
    const lengths: number[] = []
    const reader = new FrameReader({
      frame: (_bytes, from, to) => lengths.push(to - from),
      large: (_head, length) => lengths.push(length),
      ping: () => undefined,
      closed: () => undefined,
    })
    for (let at = 0; at < stream.length; at += step) {
      reader.feed(Uint8Array.from(stream.slice(at, at + step)))
    }
    expect(lengths).toEqual(payloads.map(({ length }) => length))
  }
})

test('PERF-5: the made-up person does the same for the same seed, and all that people do', () => {
  const session = editingSession(7, 5_000)
  expect(editingSession(7, 5_000)).toEqual(session)
  expect(editingSession(8, 5_000)).not.toEqual(session)
  let text = ''
  let cursor = 0
  let jumps = 0
  for (const [at, deleted, inserted] of session) {
    expect(at + deleted).toBeLessThanOrEqual(text.length)
    if (at !== cursor && at !== cursor - deleted) jumps++
    text = text.slice(0, at) + inserted + text.slice(at + deleted)
    cursor = at + inserted.length
  }
  const deletes = session.filter(([, deleted]) => deleted > 0).length
  const pastes = session.filter(([, , inserted]) => inserted.length > 1).length
  expect([session.length, text.length > 1_000]).toEqual([5_000, true])
  expect([deletes > 500, pastes > 0, jumps > 10]).toEqual([true, true, true])
})
