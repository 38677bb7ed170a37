import { expect, test } from 'bun:test'
import fc from 'fast-check'
import { Awareness, applyAwarenessUpdate, encodeAwarenessUpdate } from 'y-protocols/awareness'
import * as Y from 'yjs'
import { defaultLimits } from '../../../src/base/limits/limits.ts'
import { decodeAwareness, encodeAwareness } from '../../../src/protocol/awareness.ts'

function clientUpdate(state: Record<string, unknown>): Uint8Array {
  const awareness = new Awareness(new Y.Doc())
  awareness.setLocalState(state)
  const update = encodeAwarenessUpdate(awareness, [awareness.clientID])
  awareness.destroy()
  return update
}

function fault(bytes: Uint8Array, limits = defaultLimits): string {
  const reading = decodeAwareness(bytes, limits)
  return typeof reading === 'string' ? reading : `${reading.entries.length} entries accepted`
}

/** Why some of it is left out, and how much is not. */
function excess(bytes: Uint8Array, limits = defaultLimits): string {
  const reading = decodeAwareness(bytes, limits)
  if (typeof reading === 'string') throw new Error(reading)
  return `${reading.entries.length}: ${reading.excess}`
}

test('AWARE-1: what a client encodes is read and written back byte for byte', () => {
  const update = clientUpdate({ name: 'Ada', text: 'ä🌱'.repeat(100) })
  const reading = decodeAwareness(update, defaultLimits)
  if (typeof reading === 'string') throw new Error(reading)
  expect(encodeAwareness(reading.entries)).toEqual(update)
})

test('AWARE-2: a removal that the server writes is applied by the client library', () => {
  const other = new Awareness(new Y.Doc())
  const update = clientUpdate({ name: 'Ada' })
  applyAwarenessUpdate(other, update, 'test')
  const reading = decodeAwareness(update, defaultLimits)
  const [entry] = typeof reading === 'string' ? [] : reading.entries
  if (entry === undefined) throw new Error('no entry')
  expect(other.getStates().has(entry.clientId)).toBe(true)
  applyAwarenessUpdate(other, encodeAwareness([{ ...entry, state: undefined }]), 'test')
  expect(other.getStates().has(entry.clientId)).toBe(false)
  other.destroy()
})

test('AWARE-8: every truncation and every byte left over is refused', () => {
  const update = clientUpdate({ name: 'Ada' })
  for (let length = 0; length < update.length; length++) {
    expect(fault(update.subarray(0, length))).not.toContain('accepted')
  }
  expect(fault(Uint8Array.of(...update, 0))).toBe('there are bytes left over')
})

test('AWARE-8: a state that is no JSON or no UTF-8 is refused', () => {
  expect(fault(Uint8Array.of(1, 1, 1, 1, 0x7b))).toBe('a state is not JSON')
  expect(fault(Uint8Array.of(1, 1, 1, 3, 0x22, 0xff, 0x22))).toBe('a state is not JSON')
})

test('AWARE-8: what passes the bounds on size, count or clock is left out', () => {
  const big = clientUpdate({ name: 'x'.repeat(1_000) })
  const small = { ...defaultLimits, awareness_state_bytes_max: 900 }
  expect(excess(big, small)).toBe('0: the presence state has more than 900 bytes')
  expect(excess(big, { ...defaultLimits, awareness_entries_max: 0 })).toContain('0: there are too')
  const farAhead = encodeAwareness([{ clientId: 1, clock: 2 ** 41, state: undefined }])
  expect(excess(farAhead)).toContain('0: the clock')
  expect(fault(Uint8Array.of(0xff, 0xff, 0xff, 0xff, 0x0f))).toContain('cut short')
})

test('AWARE-8: a state that is nested too deep is left out; brackets in text do not count', () => {
  const nested = (depth: number) => {
    const json = `${'['.repeat(depth)}${']'.repeat(depth)}`
    return encodeAwareness([
      { clientId: 1, clock: 1, state: new TextEncoder().encode(json) },
      { clientId: 2, clock: 1, state: new TextEncoder().encode('{}') },
    ])
  }
  expect(excess(nested(64))).toBe('2: undefined')
  expect(excess(nested(65))).toBe('1: the presence state is nested over 64 levels deep')
  expect(excess(nested(30_000))).toContain('1: the presence state')
  expect(excess(clientUpdate({ text: '[{"\\'.repeat(100) }))).toBe('1: undefined')
})

const anyEntry = fc.record({
  clientId: fc.nat(),
  clock: fc.nat(),
  state: fc.option(
    fc.jsonValue({ maxDepth: 3 }).map((value) => new TextEncoder().encode(JSON.stringify(value))),
    { nil: undefined },
  ),
})

test('AWARE-8: no bytes make the reader throw, and what it takes it writes as it came', () => {
  const sound = fc.array(anyEntry, { maxLength: 4 }).map((entries) => encodeAwareness(entries))
  const hurt = fc.tuple(sound, fc.nat(), fc.nat(255)).map(([bytes, at, byte]) => {
    const other = bytes.slice()
    other[at % bytes.length] = byte
    return other
  })
  fc.assert(
    fc.property(fc.oneof(fc.uint8Array({ maxLength: 64 }), sound, hurt), (bytes) => {
      const reading = decodeAwareness(bytes, defaultLimits)
      if (typeof reading === 'string') return
      const { entries } = reading
      const again = decodeAwareness(encodeAwareness(entries), defaultLimits)
      expect(again).toEqual({ entries, excess: undefined })
    }),
    { numRuns: 5_000 },
  )
})
