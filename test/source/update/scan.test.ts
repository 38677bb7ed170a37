import { expect, test } from 'bun:test'
import * as encoding from 'lib0/encoding'
import * as Y from 'yjs'
import type { UpdateFaultKind, UpdateLimits } from '../../../src/update/fault.ts'
import { UpdateScan } from '../../../src/update/scan.ts'
import { Dice, makeHistory } from './histories.ts'
import { computedMs } from '../../support/computed.ts'

const limits: UpdateLimits = {
  bytesMax: 1e7,
  structsMax: 1e6,
  clientsMax: 1e5,
  deletesMax: 1e6,
  depthMax: 20,
}

/** What is wrong with the bytes, `sound` when nothing is. */
function verdict(bytes: Uint8Array, least: Partial<UpdateLimits> = {}): UpdateFaultKind | 'sound' {
  return new UpdateScan().scan(bytes, { ...limits, ...least })?.kind ?? 'sound'
}

/** One struct of client 1 at clock 5, and no deletes. */
function withStruct(...struct: readonly number[]): Uint8Array {
  return Uint8Array.of(1, 1, 1, 5, ...struct, 0)
}

/** The deletes of client 1, and no structs. */
function withDeletes(...ranges: readonly number[]): Uint8Array {
  return Uint8Array.of(0, 1, 1, ranges.length / 2, ...ranges)
}

/** Content behind an origin at clock 4 of the same client. */
function withContent(ref: number, ...content: readonly number[]): Uint8Array {
  return withStruct(128 | ref, 1, 4, ...content)
}

function textBytes(text: string): number[] {
  const bytes = new TextEncoder().encode(text)
  return [bytes.length, ...bytes]
}

/** The same where the length takes more than a byte. */
function longBytes(text: string): number[] {
  const [, ...bytes] = textBytes(text)
  return [...uintBytes(bytes.length), ...bytes]
}

function uintBytes(...numbers: readonly number[]): number[] {
  const encoder = encoding.createEncoder()
  for (const number of numbers) encoding.writeVarUint(encoder, number)
  return [...encoding.toUint8Array(encoder)]
}

test('UPDATE-1: what stock Yjs writes is accepted, whichever way it was written', () => {
  for (let seed = 1; seed <= 150; seed++) {
    const dice = new Dice(seed)
    const { docs, updates } = makeHistory(dice, 30)
    const written = [...updates, Y.mergeUpdates(updates.slice(dice.roll(20)))]
    for (const doc of docs) {
      // Documents that heard only a part hold pending structs and deletes, which go out again.
      const state = Y.encodeStateAsUpdate(doc)
      written.push(state, Y.diffUpdate(state, Y.encodeStateVector(dice.pick(docs))))
      written.push(Y.convertUpdateFormatV2ToV1(Y.encodeStateAsUpdateV2(doc)))
    }
    for (const update of written) expect([seed, verdict(update)]).toEqual([seed, 'sound'])
  }
})

test('UPDATE-2: no cut-off update is accepted, nor one with bytes behind its end', () => {
  for (let seed = 1; seed <= 25; seed++) {
    const { docs } = makeHistory(new Dice(seed), 20)
    for (const doc of docs) {
      const update = Y.encodeStateAsUpdate(doc)
      for (let size = 0; size < update.length; size++) {
        expect([seed, size, verdict(update.subarray(0, size))]).not.toEqual([seed, size, 'sound'])
      }
      expect(verdict(Uint8Array.of(...update, 0))).toBe('left-over')
    }
  }
})

test('UPDATE-4: a struct or delete range of length zero is refused', () => {
  expect(verdict(withStruct(0, 0))).toBe('empty-struct')
  expect(verdict(withStruct(10, 0))).toBe('empty-struct')
  for (const ref of [1, 2, 4, 8]) expect(verdict(withContent(ref, 0))).toBe('empty-struct')
  expect(verdict(withDeletes(3, 0))).toBe('empty-delete')
  expect(verdict(withDeletes(3, 1))).toBe('sound')
})

test('UPDATE-4: a client named twice is refused, in whatever order clients come', () => {
  const structs = (...clients: number[]): Uint8Array =>
    Uint8Array.of(clients.length, ...clients.flatMap((client) => [1, client, 0, 0, 1]), 0)
  const deletes = (...clients: number[]): Uint8Array =>
    Uint8Array.of(0, clients.length, ...clients.flatMap((client) => [client, 1, 0, 1]))
  for (const make of [structs, deletes]) {
    expect(verdict(make(9, 5, 2))).toBe('sound')
    expect(verdict(make(2, 9, 5))).toBe('sound')
    expect(verdict(make(9, 9))).toBe('client-twice')
    expect(verdict(make(2, 9, 5, 2))).toBe('client-twice')
    expect(verdict(make(9, 5, 9))).toBe('client-twice')
  }
})

test('UPDATE-4: clocks end at 2^40 and client ids at 2^53', () => {
  const gc = (client: number, clock: number, length: number): Uint8Array =>
    Uint8Array.of(1, 1, ...uintBytes(client, clock), 0, ...uintBytes(length), 0)
  expect(verdict(gc(2 ** 53 - 1, 2 ** 40 - 1, 1))).toBe('sound')
  expect(verdict(gc(1, 2 ** 40, 1))).toBe('clock')
  expect(verdict(gc(1, 2 ** 39, 2 ** 39 + 1))).toBe('clock')
  expect(verdict(Uint8Array.of(0, 1, 1, 1, ...uintBytes(2 ** 40 - 1, 2)))).toBe('clock')
  expect(verdict(Uint8Array.of(0, 1, 1, 1, ...uintBytes(2 ** 40 - 1, 1)))).toBe('sound')
  const tooGreat = [128, 128, 128, 128, 128, 128, 128, 16]
  expect(verdict(Uint8Array.of(1, 1, ...tooGreat, 0, 0, 1, 0))).toBe('number')
})

test('UPDATE-4: a reference to the own future, which Yjs throws on, is refused', () => {
  expect(verdict(withStruct(132, 1, 4, 1, 97))).toBe('sound')
  expect(verdict(withStruct(132, 1, 5, 1, 97))).toBe('reference')
  expect(verdict(withStruct(68, 1, 9, 1, 97))).toBe('reference')
  expect(verdict(withStruct(4, 0, 1, 5, 1, 97))).toBe('reference')
  expect(verdict(withStruct(132, 2, 9, 1, 97))).toBe('sound')
})

test('UPDATE-4: content, types and flags that Yjs does not know are refused', () => {
  for (const ref of [11, 12, 31]) expect(verdict(withContent(ref, 1))).toBe('content')
  expect(verdict(withContent(7, 2))).toBe('sound')
  expect(verdict(withContent(7, 3, 1, 112))).toBe('sound')
  expect(verdict(withContent(7, 7))).toBe('content')
  expect(verdict(withStruct(128 | 10, 1))).toBe('content')
  expect(verdict(withStruct(4, 2, 1, 97, 1, 97))).toBe('content')
})

test('UPDATE-4: huge counts cost nothing and are refused', () => {
  const huge = uintBytes(2 ** 40)
  const started = computedMs()
  for (let i = 0; i < 1000; i++) {
    expect(verdict(Uint8Array.of(...huge, 0))).toBe('truncated')
    expect(verdict(Uint8Array.of(1, ...huge, 1, 0, 0, 1))).toBe('truncated')
    expect(verdict(Uint8Array.of(0, 1, 1, ...huge, 0))).toBe('truncated')
    expect(verdict(withContent(8, ...huge))).toBe('truncated')
    expect(verdict(withContent(8, 1, 117, ...huge))).toBe('truncated')
    expect(verdict(withContent(8, 1, 118, ...huge))).toBe('truncated')
  }
  expect(computedMs() - started).toBeLessThan(2000)
})

test('UPDATE-5: text is what a fatal UTF-8 decoder takes, its length is in UTF-16 units', () => {
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
  const dice = new Dice(5)
  const edges = [0x00, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0, 0xc1, 0xc2, 0xdf, 0xe0]
  edges.push(0xe1, 0xec, 0xed, 0xee, 0xef, 0xf0, 0xf1, 0xf3, 0xf4, 0xf5, 0xff, 0xbb, 0xbf)
  const scan = new UpdateScan()
  for (let i = 0; i < 20_000; i++) {
    const bytes = Array.from({ length: 1 + dice.roll(6) }, () => dice.pick(edges))
    let length = 0
    try {
      length = decoder.decode(Uint8Array.from(bytes)).length
    } catch {
      expect([bytes, verdict(withContent(4, bytes.length, ...bytes))]).toEqual([bytes, 'text'])
      continue
    }
    expect(scan.scan(withContent(4, bytes.length, ...bytes), limits)).toBeUndefined()
    expect([bytes, scan.run(0).end]).toEqual([bytes, 5 + length])
  }
})

test('UPDATE-5: long text is judged as short text is, wherever in it something is wrong', () => {
  const scan = new UpdateScan()
  const sound = ['', 'x', 'ü', '😀']
  for (const place of [0, 1, 700, 1_999, 2_000]) {
    const [before, behind] = ['x'.repeat(place), 'x'.repeat(2_000 - place)]
    for (const middle of sound) {
      const text = before + middle + behind
      expect(scan.scan(withContent(4, ...longBytes(text)), limits)).toBeUndefined()
      expect(scan.run(0).end).toBe(5 + text.length)
    }
    const cut = [...textBytes(before).slice(1), 0xc3, ...textBytes(behind).slice(1)]
    expect(verdict(withContent(4, ...uintBytes(cut.length), ...cut))).toBe('text')
  }
})

test('UPDATE-5: JSON is what JSON.parse takes', () => {
  const dice = new Dice(6)
  const scraps = ['{', '}', '[', ']', ',', ':', '"', '"a"', '1', '0', '-', '.', 'e', '+', 'E5']
  scraps.push('null', 'true', 'false', ' ', '\n', '\t', '\\', '\\u', '12ab', '\\n', '\u0001', 'ü')
  scraps.push('{"a":1}', '[1,2]', '-0.5e-7', '\u00A0', 'undefined', '01')
  let accepted = 0
  for (let i = 0; i < 40_000; i++) {
    const json = Array.from({ length: 1 + dice.roll(5) }, () => dice.pick(scraps)).join('')
    let expected = 'sound'
    try {
      JSON.parse(json)
      accepted++
    } catch {
      expected = 'json'
    }
    expect([json, verdict(withContent(5, ...textBytes(json)))]).toEqual([json, expected])
  }
  expect(accepted).toBeGreaterThan(500)
})

test('UPDATE-5: the old JSON content may say undefined, an embed may not', () => {
  expect(verdict(withContent(2, 2, ...textBytes('undefined'), ...textBytes('{}')))).toBe('sound')
  expect(verdict(withContent(2, 1, ...textBytes('undefine')))).toBe('json')
  expect(verdict(withContent(5, ...textBytes('undefined')))).toBe('json')
  expect(verdict(withContent(6, ...textBytes('bold'), ...textBytes('undefined')))).toBe('json')
  expect(verdict(withContent(6, ...textBytes('bold'), ...textBytes('null')))).toBe('sound')
})

test('UPDATE-5: values are those that lib0 reads and can write again', () => {
  for (let tag = 0; tag < 256; tag++) {
    const verdictOfTag = verdict(withContent(8, 1, tag, 0, 0, 0, 0, 0, 0, 0, 0))
    const isValue = tag >= 116 && tag <= 127
    expect([tag, verdictOfTag === 'value']).toEqual([tag, !isValue])
  }
  // Read back, bytes as prototype make the object pass for bytes, and writing it throws.
  expect(verdict(withContent(8, 1, 118, 1, ...textBytes('__proto__'), 116, 0))).toBe('value')
  expect(verdict(withContent(8, 1, 118, 1, ...textBytes('__proto__'), 126))).toBe('sound')
  expect(verdict(withContent(8, 1, 118, 1, ...textBytes('__proto_'), 116, 0))).toBe('sound')
})

test('UPDATE-5: a subdocument has an object of options, without guid or functions', () => {
  const guid = textBytes('guid')
  expect(verdict(withContent(9, ...guid, 118, 0))).toBe('sound')
  expect(verdict(withContent(9, ...guid, 118, 1, ...textBytes('gc'), 121))).toBe('sound')
  expect(verdict(withContent(9, ...guid, 126))).toBe('value')
  expect(verdict(withContent(9, ...guid, 118, 1, ...guid, 118, 0))).toBe('value')
  expect(verdict(withContent(9, ...guid, 118, 1, ...textBytes('gcFilter'), 120))).toBe('value')
})

test('UPDATE-6: each limit is held, and what is just within it is taken', () => {
  const doc = new Y.Doc()
  doc.getArray('a').insert(0, [[[['deep']]], 1])
  doc.getText('t').insert(0, 'abc')
  doc.getText('t').delete(1, 1)
  doc.getText('t').insertEmbed(0, { a: [{}] })
  const update = Y.encodeStateAsUpdate(doc)
  const scan = new UpdateScan()
  expect(scan.scan(update, limits)).toBeUndefined()
  const { structCount, clientCount, deleteCount } = scan
  const within: UpdateLimits = {
    bytesMax: update.length,
    structsMax: structCount,
    clientsMax: clientCount,
    deletesMax: deleteCount,
    depthMax: 3,
  }
  expect(verdict(update, within)).toBe('sound')
  expect(verdict(update, { ...within, bytesMax: update.length - 1 })).toBe('too-large')
  expect(verdict(update, { ...within, structsMax: structCount - 1 })).toBe('too-many-structs')
  expect(verdict(update, { ...within, clientsMax: clientCount - 1 })).toBe('too-many-clients')
  expect(verdict(update, { ...within, deletesMax: deleteCount - 1 })).toBe('too-many-deletes')
  expect(verdict(update, { ...within, depthMax: 2 })).toBe('too-deep')
})
