import { expect, test } from 'bun:test'
import fc from 'fast-check'
import { isSeveral, messagesIn } from '../../../src/protocol/messages.ts'
import { yWebsocket } from '../../../src/protocol/y-websocket.ts'
import { plainFrame } from '../../support/harness/plain-frame.ts'

const bytes = (hex: string) => Uint8Array.fromHex(hex.replaceAll(' ', ''))

/** Frames as the published client sends and takes them. */
const golden = [
  ['step 1', '00 00 01 00', { kind: 'step-1', stateVector: bytes('00') }],
  ['step 2', '00 01 02 00 00', { kind: 'step-2', update: bytes('0000') }],
  ['update', '00 02 02 00 00', { kind: 'update', update: bytes('0000') }],
  ['awareness', '01 06 01 64 01 02 7b7d', { kind: 'awareness', update: bytes('016401027b7d') }],
  ['query awareness', '03', { kind: 'query-awareness' }],
] as const

for (const [what, hex, frame] of golden) {
  test(`RELAY-6: ${what} is read and written as the client has it`, () => {
    expect(plainFrame(yWebsocket.decode(bytes(hex)))).toEqual(frame)
    expect(yWebsocket.encode(frame)).toEqual(bytes(hex))
  })

  test(`RELAY-6: ${what} cut short or with a byte left over is no frame`, () => {
    const whole = bytes(hex)
    for (let length = 0; length < whole.length; length++) {
      // Without its state vector a step 1 is whole.
      if (hex.startsWith('00 00') && length === 2) continue
      expect(yWebsocket.decode(whole.subarray(0, length)).kind).toBe('bad-frame')
    }
    expect(yWebsocket.decode(Uint8Array.of(...whole, 0)).kind).toBe('bad-frame')
  })
}

test('RELAY-6: what only a server says and what nobody says is no frame from a client', () => {
  for (const hex of ['02 00 01 78', '04', '05 00', '00 03 00', '6e 01 00', 'ff ff ff ff ff']) {
    expect(yWebsocket.decode(bytes(hex)).kind).toBe('bad-frame')
  }
})

test('RELAY-6: no bytes make the codec throw, and what it reads it writes back', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 64 }), (input) => {
      const frame = yWebsocket.decode(input)
      if (frame.kind === 'bad-frame') return
      const again = yWebsocket.decode(yWebsocket.encode(frame) ?? Uint8Array.of())
      expect(plainFrame(again)).toEqual(plainFrame(frame))
    }),
    { numRuns: 5_000 },
  )
})

const frames = fc.oneof(
  fc.uint8Array({ maxLength: 300 }).map((update) => ({ kind: 'update' as const, update })),
  fc.uint8Array({ maxLength: 9 }).map((update) => ({ kind: 'step-2' as const, update })),
  fc.uint8Array({ maxLength: 9 }).map((update) => ({ kind: 'awareness' as const, update })),
  fc.uint8Array({ maxLength: 9 }).map((stateVector) => ({ kind: 'step-1' as const, stateVector })),
  fc.constant({ kind: 'query-awareness' as const }),
)

test('RELAY-12: several messages in one are read as they were written', () => {
  fc.assert(
    fc.property(fc.array(frames, { minLength: 1, maxLength: 5 }), (said) => {
      const joined = Uint8Array.from(said.flatMap((frame) => [...(yWebsocket.encode(frame) ?? [])]))
      expect(isSeveral(yWebsocket, joined)).toBe(true)
      const read = [...messagesIn(yWebsocket, joined)].map((one) =>
        plainFrame(yWebsocket.decode(one)),
      )
      expect(read).toEqual(said)
    }),
  )
})

test('RELAY-12: whatever the bytes, each of several is a message, or they are not several', () => {
  fc.assert(
    fc.property(fc.array(fc.nat({ max: 4 }), { maxLength: 24 }), (numbers) => {
      const given = Uint8Array.from(numbers)
      if (!isSeveral(yWebsocket, given)) return
      for (const one of messagesIn(yWebsocket, given)) {
        expect(yWebsocket.decode(one).kind).not.toBe('bad-frame')
      }
    }),
    { numRuns: 20_000 },
  )
})

test('SERVER-1: a denial is the permission-denied message of y-protocols', () => {
  expect(yWebsocket.encode({ kind: 'denied', reason: 'no' })).toEqual(bytes('02 00 02 6e 6f'))
})

test('AWARE-10: the keep-alive is an awareness update without entries', () => {
  expect(yWebsocket.encode({ kind: 'keep-alive' })).toEqual(bytes('01 01 00'))
})
