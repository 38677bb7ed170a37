import { expect, test } from 'bun:test'
import * as Y from 'yjs'
import type { UpdateLimits } from '../../../src/update/fault.ts'
import { UpdateScan } from '../../../src/update/scan.ts'
import { Dice, makeHistory } from './histories.ts'

const limits: UpdateLimits = {
  bytesMax: 1e7,
  structsMax: 1e6,
  clientsMax: 1e5,
  deletesMax: 1e6,
  depthMax: 20,
}

test('UPDATE-7: runs, deletes, waits and root names are those that Yjs reads', () => {
  const scan = new UpdateScan()
  for (let seed = 1; seed <= 150; seed++) {
    const dice = new Dice(seed)
    const { docs, updates } = makeHistory(dice, 20)
    const merged = Y.mergeUpdates(updates.filter(() => dice.roll(4) > 0))
    for (const update of [...updates, merged, Y.encodeStateAsUpdate(dice.pick(docs))]) {
      expect(scan.scan(update, limits)).toBeUndefined()
      expect([seed, found(scan)]).toEqual([seed, decoded(update)])
    }
  }
})

interface Findings {
  readonly runs: readonly (readonly number[])[]
  readonly deletes: readonly (readonly number[])[]
  readonly waits: readonly (readonly number[])[]
  readonly roots: readonly string[]
}

function byClient([left = 0]: readonly number[], [right = 0]: readonly number[]): number {
  return left - right
}

function found(scan: UpdateScan): Findings {
  const indexes = (count: number): number[] => Array.from({ length: count }, (_, index) => index)
  return {
    runs: indexes(scan.runCount).map((index) => {
      const { client, start, end, count } = scan.run(index)
      return [client, start, end, count]
    }),
    deletes: indexes(scan.deleteCount).map((index) => {
      const { client, clock, length } = scan.deleteRange(index)
      return [client, clock, length]
    }),
    waits: indexes(scan.dependencyCount)
      .map((index) => scan.dependency(index))
      .map(({ client, clock }) => [client, clock])
      .toSorted(byClient),
    roots: [...new Set(indexes(scan.rootNameCount).map((index) => scan.rootName(index)))],
  }
}

function decoded(update: Uint8Array): Findings {
  const { structs, ds } = Y.decodeUpdate(update)
  const runs: [client: number, start: number, end: number, count: number][] = []
  const waits = new Map<number, number>()
  const roots = new Set<string>()
  for (const struct of structs) {
    if (struct instanceof Y.Skip) continue
    const { client, clock } = struct.id
    const end = clock + struct.length
    const last = runs.at(-1)
    if (last !== undefined && last[0] === client && last[2] === clock) {
      last[2] = end
      last[3]++
    } else runs.push([client, clock, end, 1])
    if (!(struct instanceof Y.Item)) continue
    const parent: unknown = struct.parent
    if (typeof parent === 'string') roots.add(parent)
    for (const id of [struct.origin, struct.rightOrigin, parent instanceof Y.ID ? parent : null]) {
      if (id === null || id.client === client) continue
      waits.set(id.client, Math.max(id.clock, waits.get(id.client) ?? 0))
    }
  }
  for (const [client, , end] of runs) if ((waits.get(client) ?? end) < end) waits.delete(client)
  return {
    runs,
    deletes: [...ds.clients].flatMap(([id, its]) => its.map(({ clock, len }) => [id, clock, len])),
    waits: [...waits].toSorted(byClient),
    roots: [...roots],
  }
}

test('UPDATE-7: bytes of a run are its structs and those behind are the delete set', () => {
  const doc = new Y.Doc()
  doc.clientID = 5
  doc.getText('t').insert(0, 'ab')
  doc.getText('t').delete(0, 1)
  const update = Y.encodeStateAsUpdate(doc)
  const scan = new UpdateScan()
  expect(scan.scan(update, limits)).toBeUndefined()
  const { from, to } = scan.run(0)
  expect(from).toBe(4)
  expect(to).toBe(scan.deletesFrom)
  expect([...update.subarray(scan.deletesFrom)]).toEqual([1, 5, 1, 0, 1])
})
