import { expect, test } from 'bun:test'
import { createEncoder, toUint8Array, writeUint8Array, writeVarUint } from 'lib0/encoding'
import * as Y from 'yjs'
import type { UpdateLimits } from '../../../src/update/fault.ts'
import { UpdateScan } from '../../../src/update/scan.ts'
import { regularUpdate } from '../../../src/update/bytes/write.ts'
import { describeDoc, Dice, loaded, makeHistory } from './histories.ts'

const limits: UpdateLimits = {
  bytesMax: 1e7,
  structsMax: 1e6,
  clientsMax: 1e5,
  deletesMax: 1e6,
  depthMax: 100,
}

/** The update in order; it is checked to be refused as it stands and sound in order. */
function inOrder(update: Uint8Array): Uint8Array {
  const scan = new UpdateScan()
  expect(scan.scan(update, limits)?.kind).toBeOneOf([
    'empty-struct',
    'empty-delete',
    'client-twice',
  ])
  const regular = regularUpdate(update, limits) ?? Uint8Array.of()
  expect(scan.scan(regular, limits)).toBeUndefined()
  return regular
}

/** Text that yrs wrote with an empty item in it (`insert_with_attributes` until 2024). */
const fromYrs =
  'AQUHAAQBBHRleHQFaGVsbG+EBwQGIHdvcmxkxgcEBwUEYm9sZAR0cnVlxAcLBwUAxgcLBwUEYm9sZARudWxsAA=='
/** The same struct of one client in two sections. */
const clientTwice = 'AgH+////DwAHAQVhcnJheQIB/v///w8ABwEFYXJyYXkCAA=='

test.each([fromYrs, clientTwice])('UPDATE-15: %s means what it means to Yjs', (base64) => {
  const update = Uint8Array.fromBase64(base64)
  const regular = inOrder(update)
  expect(describeDoc(loaded([regular]))).toEqual(describeDoc(loaded([update])))
})

test('UPDATE-15: structs and deletes of length zero are left out, wherever they stand', () => {
  let taken = 0
  for (let seed = 1; seed <= 150; seed++) {
    const dice = new Dice(seed)
    const update = Y.mergeUpdates([...makeHistory(dice, 30).updates])
    const sections = sectionsOf(update)
    for (const [client, structs] of sections) {
      sections.set(
        client,
        structs.flatMap((struct) => [struct, ...emptyBehind(struct, dice)]),
      )
    }
    const ranges = deletesOf(update)
    ranges.splice(dice.roll(ranges.length + 1), 0, [dice.pick([...sections.keys()]), 0, 0])
    const irregular = written([...sections], ranges)
    const regular = describeDoc(loaded([inOrder(irregular)]))
    expect([seed, regular]).toEqual([seed, describeDoc(loaded([update]))])
    const asYjsHasIt = describedIfTaken(irregular)
    if (asYjsHasIt === undefined) continue
    // Deletes on both sides of an empty struct are two ranges then.
    expect(regular).toMatchObject({ ...asYjsHasIt, deletes: expect.anything() })
    taken++
  }
  expect(taken).toBeGreaterThan(50)
})

test('UPDATE-15: what a client has in several sections is put together by its clocks', () => {
  for (let seed = 1; seed <= 150; seed++) {
    const dice = new Dice(seed)
    const update = Y.mergeUpdates([...makeHistory(dice, 30).updates])
    const sections = [...sectionsOf(update)].flatMap(([client, structs]): Section[] => {
      const [from, to] = [dice.roll(structs.length), dice.roll(structs.length)]
      // Some structs are in both, some sections come before those whose clocks they follow.
      return [
        [client, structs.slice(Math.min(from, to))],
        [client, structs.slice(0, Math.max(from, to) + 1)],
      ]
    })
    const ranges = deletesOf(update)
    const regular = inOrder(written(sections, [...ranges, ...ranges.slice(0, 1)]))
    expect([seed, describeDoc(loaded([regular]))]).toEqual([seed, describeDoc(loaded([update]))])
  }
})

test('UPDATE-15: what is unsound in another way is not put in order', () => {
  const update = Uint8Array.fromBase64(fromYrs)
  for (let size = 0; size < update.length; size++) {
    expect(regularUpdate(update.subarray(0, size), limits)).toBeUndefined()
  }
  expect(regularUpdate(Uint8Array.of(...update, 0), limits)).toBeUndefined()
  expect(regularUpdate(update, { ...limits, structsMax: 4 })).toBeUndefined()
})

/** Some structs of length zero make Yjs throw when it looks for others. */
function describedIfTaken(update: Uint8Array): object | undefined {
  try {
    return Object(describeDoc(loaded([update])))
  } catch {
    return undefined
  }
}

type Struct = ReturnType<typeof Y.decodeUpdate>['structs'][number]
type Section = readonly [client: number, structs: readonly Struct[]]
type Range = readonly [client: number, clock: number, length: number]

function sectionsOf(update: Uint8Array): Map<number, readonly Struct[]> {
  return Map.groupBy(Y.decodeUpdate(update).structs, ({ id }) => id.client)
}

function deletesOf(update: Uint8Array): Range[] {
  const { ds } = Y.decodeUpdate(update)
  return [...ds.clients].flatMap(([client, ranges]) =>
    ranges.map(({ clock, len }): Range => [client, clock, len]),
  )
}

/** Behind some items of lists one of length zero, as a library may leave it. */
function emptyBehind(struct: Struct, dice: Dice): readonly Struct[] {
  const isListItem = struct instanceof Y.Item && struct.content instanceof Y.ContentString
  if (!isListItem || dice.roll(3) > 0) return []
  const { client, clock } = struct.id
  const end = clock + struct.length
  const origin = Y.createID(client, end - 1)
  const right = dice.roll(2) === 0 ? struct.rightOrigin : null
  const content = dice.pick([new Y.ContentString(''), new Y.ContentAny([])])
  return [new Y.Item(Y.createID(client, end), null, origin, null, right, null, null, content)]
}

function written(sections: readonly Section[], deletes: readonly Range[]): Uint8Array {
  const encoder = new Y.UpdateEncoderV1()
  const { restEncoder: rest } = encoder
  writeVarUint(rest, sections.length)
  for (const [client, structs] of sections) {
    writeVarUint(rest, structs.length)
    writeVarUint(rest, client)
    writeVarUint(rest, structs[0]?.id.clock ?? 0)
    for (const struct of structs) struct.write(encoder, 0)
  }
  const last = createEncoder()
  writeVarUint(last, deletes.length)
  for (const [client, clock, length] of deletes) {
    writeVarUint(last, client)
    writeVarUint(last, 1)
    writeVarUint(last, clock)
    writeVarUint(last, length)
  }
  writeUint8Array(rest, toUint8Array(last))
  return encoder.toUint8Array()
}
