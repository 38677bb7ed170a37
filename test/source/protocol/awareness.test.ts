import { expect, test } from 'bun:test'
import fc from 'fast-check'
import { Awareness, applyAwarenessUpdate, encodeAwarenessUpdate } from 'y-protocols/awareness'
import * as Y from 'yjs'
import { defaultLimits } from '../../../src/base/limits.ts'
import { decodeAwareness, encodeAwareness } from '../../../src/protocol/awareness.ts'

function clientUpdate(state: Record<string, unknown>): Uint8Array {
  const awareness = new Awareness(new Y.Doc())
  awareness.setLocalState(state)
  const update = encodeAwarenessUpdate(awareness, [awareness.clientID])
  awareness.destroy()
  return update
}

function fault(bytes: Uint8Array, limits = defaultLimits): string {
  const entries = decodeAwareness(bytes, limits)
  return typeof entries === 'string' ? entries : `${entries.length} entries accepted`
}

test('AWARE-1: what a client encodes is read and written back byte for byte', () => {
  const update = clientUpdate({ name: 'Ada', text: 'ä🌱'.repeat(100) })
  const entries = decodeAwareness(update, defaultLimits)
  if (typeof entries === 'string') throw new Error(entries)
  expect(encodeAwareness(entries)).toEqual(update)
})

test('AWARE-2: a removal that the server writes is applied by the client library', () => {
  const other = new Awareness(new Y.Doc())
  const update = clientUpdate({ name: 'Ada' })
  applyAwarenessUpdate(other, update, 'test')
  const [entry] = decodeAwareness(update, defaultLimits)
  if (entry === undefined || typeof entry === 'string') throw new Error('no entry')
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

test('AWARE-8: size, count and clock are bounded', () => {
  const big = clientUpdate({ name: 'x'.repeat(1_000) })
  expect(fault(big, { ...defaultLimits, awareness_state_bytes_max: 900 })).toContain('too large')
  expect(fault(big, { ...defaultLimits, awareness_entries_max: 0 })).toContain('too many')
  const farAhead = encodeAwareness([{ clientId: 1, clock: 2 ** 41, state: undefined }])
  expect(fault(farAhead)).toContain('too far ahead')
  expect(fault(Uint8Array.of(0xff, 0xff, 0xff, 0xff, 0x0f))).toContain('too many')
})

test('AWARE-8: a state that is nested too deep is refused; brackets in text do not count', () => {
  const nested = (depth: number) => {
    const json = `${'['.repeat(depth)}${']'.repeat(depth)}`
    return encodeAwareness([{ clientId: 1, clock: 1, state: new TextEncoder().encode(json) }])
  }
  expect(fault(nested(64))).toContain('1 entries accepted')
  expect(fault(nested(65))).toContain('nested too deep')
  expect(fault(nested(30_000))).toContain('nested too deep')
  expect(fault(clientUpdate({ text: '[{"\\'.repeat(100) }))).toContain('accepted')
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
      const entries = decodeAwareness(bytes, defaultLimits)
      if (typeof entries === 'string') return
      expect(decodeAwareness(encodeAwareness(entries), defaultLimits)).toEqual(entries)
    }),
    { numRuns: 5_000 },
  )
})
