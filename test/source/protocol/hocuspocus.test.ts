import { expect, test } from 'bun:test'
import fc from 'fast-check'
import type { Frame } from '../../../src/protocol/frame.ts'
import { hocuspocus } from '../../../src/protocol/hocuspocus.ts'
import { addressOf } from '../../support/harness/hocuspocus-raw.ts'
import { capturedKinds, captures } from './hocuspocus-frames.ts'
import { plainFrame } from '../../support/harness/plain-frame.ts'

const bytes = (hex: string) => Uint8Array.fromHex(hex.replaceAll(' ', ''))
const doc = hocuspocus.codec(addressOf('doc'))

for (const { version, sent } of captures) {
  test(`HOCUS-2: the frames of ${version} are read, and written as it writes them`, () => {
    const frames = sent.map((hex) => doc.decode(bytes(hex)))
    expect(frames.map(({ kind }) => kind)).toEqual([...capturedKinds])
    for (const [index, frame] of frames.entries()) {
      if (frame.kind === 'bad-frame') throw new Error(frame.reason)
      expect(doc.encode(frame)).toEqual(bytes(sent[index] ?? ''))
    }
  })

  test(`HOCUS-2: a frame of ${version} cut short or with bytes left over is none`, () => {
    for (const hex of sent) {
      const whole = bytes(hex)
      // Behind the token of a version 2 or 3 there may be the version of a 4.
      const mayGoOn = whole[4] === 2
      for (let length = 4; length < whole.length; length++) {
        if (version === '4.8.0' && mayGoOn && length === 10) continue
        expect(doc.decode(whole.subarray(0, length)).kind).toBe('bad-frame')
      }
      expect(doc.decode(Uint8Array.of(...whole, 7)).kind).toBe('bad-frame')
    }
  })
}

test('HOCUS-2: only a client of version 4 says its version', () => {
  const versions = captures.map(({ sent: [first = ''] }) => {
    const frame = doc.decode(bytes(first))
    return frame.kind === 'auth' ? [frame.token, frame.version] : frame.kind
  })
  expect(versions).toEqual([
    ['tok', undefined],
    ['tok', undefined],
    ['tok', '4.8.0'],
  ])
})

test('HOCUS-2: what the server says is what the captured servers said', () => {
  const said: readonly (readonly [Frame, string])[] = [
    [{ kind: 'authenticated', access: 'write' }, '02 02 0a 726561642d7772697465'],
    [{ kind: 'authenticated', access: 'read' }, '02 02 08 726561646f6e6c79'],
    [{ kind: 'denied', reason: 'no' }, '02 01 02 6e6f'],
    [{ kind: 'sync-status', saved: true }, '08 01'],
    [{ kind: 'sync-status', saved: false }, '08 00'],
    [{ kind: 'stateless', text: 'hi' }, '05 02 6869'],
    [{ kind: 'query-awareness' }, '03'],
  ]
  for (const [frame, hex] of said) expect(doc.encode(frame)).toEqual(bytes(`03646f63 ${hex}`))
})

test('HOCUS-2: what only servers say and what nobody says is no frame from a client', () => {
  for (const hex of ['04 00', '06 00', '08 01', '09', '0a', '0b', '02 01 00', '00 03 00', '']) {
    expect(doc.decode(bytes(`03646f63 ${hex}`)).kind).toBe('bad-frame')
  }
})

test('HOCUS-2: no bytes make the codec throw, and what it reads it writes back', () => {
  const body = fc.uint8Array({ maxLength: 48 })
  fc.assert(
    fc.property(body, fc.boolean(), (input, behindAddress) => {
      const whole = behindAddress ? Uint8Array.of(3, 0x64, 0x6f, 0x63, ...input) : input
      if (hocuspocus.sessionAddressOf(whole).kind !== 'address') return
      const address = hocuspocus.sessionAddressOf(whole)
      if (address.kind !== 'address') return
      const codec = hocuspocus.codec(address)
      const frame = codec.decode(whole)
      if (frame.kind === 'bad-frame') return
      const again = codec.decode(codec.encode(frame) ?? Uint8Array.of())
      expect(plainFrame(again)).toEqual(plainFrame(frame))
    }),
    { numRuns: 5_000 },
  )
})

test('HOCUS-3: an address is a document, or a document and a session id', () => {
  const read = (text: string) =>
    hocuspocus.sessionAddressOf(
      hocuspocus.codec(addressOf(text)).encode({ kind: 'close' }) ?? bytes(''),
    )
  for (const name of ['doc', '__proto__', 'nine long', 'ten chars.', '\ufeffbom', 'ä😀', '']) {
    expect(read(name)).toEqual({ kind: 'address', text: name, document: name })
  }
  const aware = 'doc\0a1b2c3'
  expect(read(aware)).toEqual({ kind: 'address', text: aware, document: 'doc' })
})

test('HOCUS-3: a ping is one byte; with more it is the address of a 9-byte name', () => {
  expect(hocuspocus.sessionAddressOf(bytes('09'))).toEqual({ kind: 'awake' })
  expect(hocuspocus.sessionAddressOf(bytes('0a'))).toEqual({ kind: 'awake' })
  const nine = hocuspocus.sessionAddressOf(bytes('09 6e696e65206c6f6e67 03'))
  expect(nine.kind === 'address' ? nine.text : nine.kind).toBe('nine long')
  expect(hocuspocus.sessionAddressOf(bytes('09 6e69')).kind).toBe('bad-frame')
})

test('HOCUS-3: an address that could be written in two ways, or is not UTF-8, is none', () => {
  for (const hex of ['', '83 00 646f63 03', '02 c3 28 03', '80', 'ff ff ff ff 7f']) {
    expect(hocuspocus.sessionAddressOf(bytes(hex)).kind).toBe('bad-frame')
  }
})

test('HOCUS-13: a Ping for who said a version, an empty awareness update for the others', () => {
  expect(hocuspocus.keepAwake('4.8.0', addressOf('doc'))).toEqual(bytes('09'))
  expect(hocuspocus.keepAwake(undefined, addressOf('doc'))).toEqual(bytes('03646f63 01 01 00'))
})
