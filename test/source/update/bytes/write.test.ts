import { expect, test } from 'bun:test'
import * as Y from 'yjs'
import { DeleteIndex } from '../../../../src/update/clocks/deletes.ts'
import type { UpdateLimits } from '../../../../src/update/fault.ts'
import { UpdateScan } from '../../../../src/update/scan.ts'
import type { SourceRun } from '../../../../src/update/clocks/runs.ts'
import { craftUpdate } from '../../../support/harness/crafted.ts'
import { join, joinSections } from '../../../../src/update/join.ts'
import { outlineOf } from '../../../../src/update/outline.ts'
import { UpdatePieces } from '../../../../src/update/split.ts'
import { differenceUpdate, joinUpdates, newsOf } from '../../../../src/update/bytes/write.ts'
import type { TextStyle } from '../histories.ts'
import { describeDoc, Dice, disorder, loaded, makeHistory, settle } from '../histories.ts'

const limits: UpdateLimits = {
  bytesMax: 1e8,
  structsMax: 1e6,
  clientsMax: 1e5,
  deletesMax: 1e6,
  depthMax: 100,
}

/** Runs a check on one random history after the other and names the seed that fails. */
function forSeeds(count: number, check: (dice: Dice) => void): void {
  for (let seed = 1; seed <= count; seed++) {
    try {
      check(new Dice(seed))
    } catch (error) {
      throw new Error(`seed ${seed}: ${String(error)}`, { cause: error })
    }
  }
}

/** Fails unless the scan finds the update sound and Yjs writes it again. */
function expectSound(update: Uint8Array): void {
  expect(new UpdateScan().scan(update, limits)).toBeUndefined()
  Y.decodeUpdate(update)
}

/** Updates as servers meet them: merged, differing, whole, each overlapping the others. */
function overlapping(dice: Dice, style: TextStyle): readonly Uint8Array[] {
  const history = makeHistory(dice, 40, style)
  const parts = [...disorder(history.updates, dice, dice.roll(2) === 0)]
  for (const doc of history.docs) {
    parts.push(Y.encodeStateAsUpdate(doc))
    parts.push(Y.encodeStateAsUpdate(doc, halfwayVector(doc, dice)))
  }
  parts.push(Y.mergeUpdates(history.updates.slice(dice.roll(10), 10 + dice.roll(30))))
  return disorder(parts, dice, false)
}

/** A state vector between nothing and all, in the middle of structs too. */
function halfwayVector(doc: Y.Doc, dice: Dice): Uint8Array {
  const clocks = Y.decodeStateVector(Y.encodeStateVector(doc))
  const encoded = [...clocks].map(([client, clock]): [number, number] => [client, dice.roll(clock)])
  return Y.encodeStateVector(new Map(encoded))
}

test('UPDATE-8: a joined update gives the document that its parts give', () => {
  forSeeds(100, (dice) => {
    const parts = overlapping(dice, 'rich')
    const joined = joinUpdates(parts)
    expectSound(joined)
    expect(describeDoc(loaded([joined]))).toEqual(describeDoc(loaded(parts)))
    expect(joinUpdates([joined])).toBe(joined)
  })
})

test('UPDATE-8: structs that are partly covered are cut where Yjs cuts them', () => {
  for (const make of [insertText, insertAny, insertAndDelete, insertAndCollect]) {
    for (let covered = 1; covered < 8; covered++) {
      for (let start = 1; start <= covered; start++) {
        // An update that begins inside the pair makes Yjs spoil a pair that it had whole.
        if (start === 4) continue
        const front = Y.encodeStateAsUpdate(make(covered))
        const back = Y.encodeStateAsUpdate(make(8), Y.encodeStateVector(new Map([[7, start]])))
        const joined = joinUpdates([back, front])
        expectSound(joined)
        expect(describeDoc(loaded([joined]))).toEqual(describeDoc(loaded([front, back])))
      }
    }
  }
})

function madeBy(edit: (doc: Y.Doc) => void): Y.Doc {
  const doc = new Y.Doc()
  doc.clientID = 7
  edit(doc)
  return doc
}

/** The first clocks of one string that has a surrogate pair in its middle. */
function insertText(length: number): Y.Doc {
  return madeBy((doc) => doc.getText('text').insert(0, 'one😀two'.slice(0, length)))
}

function insertAny(length: number): Y.Doc {
  const values = [1, 'two', [3], { four: 4 }, null, 6.5, 'seven', true]
  return madeBy((doc) => doc.getArray('array').insert(0, values.slice(0, length)))
}

function insertAndDelete(length: number): Y.Doc {
  const doc = insertText(length)
  doc.getText('text').delete(0, doc.getText('text').length)
  return doc
}

/** Leaves a GC struct: what stood in a type that was deleted. */
function insertAndCollect(length: number): Y.Doc {
  return madeBy((doc) => {
    const inner = new Y.Text()
    doc.getMap('map').set('a', inner)
    inner.insert(0, 'abcdefgh'.slice(0, length - 1))
    doc.getMap('map').delete('a')
  })
}

test('UPDATE-9: a difference brings a client at any state to where all parts bring it', () => {
  forSeeds(80, (dice) => {
    const history = makeHistory(dice, 40)
    const behind = dice.pick(history.docs)
    const base = Y.encodeStateAsUpdate(behind)
    const vector = Y.encodeStateVector(behind)
    settle(history)
    const parts = disorder(history.updates, dice, false)
    const difference = differenceUpdate(parts, Y.decodeStateVector(vector))
    expectSound(difference)
    const expected = describeDoc(loaded(parts, base))
    expect(describeDoc(loaded([difference], base))).toEqual(expected)
  })
})

test('UPDATE-9: a difference has no struct that ends before the state vector', () => {
  forSeeds(40, (dice) => {
    const history = makeHistory(dice, 40)
    settle(history)
    const doc = dice.pick(history.docs)
    const vector = Y.decodeStateVector(halfwayVector(doc, dice))
    const difference = differenceUpdate([Y.encodeStateAsUpdate(doc)], vector)
    for (const { id, length } of Y.decodeUpdate(difference).structs) {
      expect(id.clock + length).toBeGreaterThan(vector.get(id.client) ?? 0)
    }
  })
})

test('UPDATE-10: news leaves out what is known and has the same effect as the update', () => {
  forSeeds(25, (dice) => {
    const history = makeHistory(dice, 40)
    const receiver = dice.pick(history.docs)
    const base = Y.encodeStateAsUpdate(receiver)
    const clocks = Y.decodeStateVector(Y.encodeStateVector(receiver))
    const scan = new UpdateScan()
    expect(scan.scan(base, limits)).toBeUndefined()
    const deletes = new DeleteIndex()
    deletes.addAll(scan)
    const known = {
      clockOf: (client: number): number => clocks.get(client) ?? 0,
      isDeleted: (client: number, clock: number, length: number): boolean =>
        deletes.covers(client, clock, length),
    }
    for (const update of [
      ...history.updates,
      ...history.docs.map((d) => Y.encodeStateAsUpdate(d)),
    ]) {
      expect(scan.scan(update, limits)).toBeUndefined()
      const news = newsOf(scan, update, known)
      const before = describeDoc(loaded([base]))
      const expected = describeDoc(loaded([update], base))
      if (news === undefined) expect(before).toEqual(expected)
      else {
        expectSound(news)
        expect(describeDoc(loaded([news], base))).toEqual(expected)
      }
    }
  })
})

test('UPDATE-10: an update that is all new is handed back, one that is all known is not', () => {
  const doc = new Y.Doc()
  doc.getText('text').insert(0, 'abc')
  doc.getText('text').delete(1, 1)
  const update = Y.encodeStateAsUpdate(doc)
  const scan = new UpdateScan()
  expect(scan.scan(update, limits)).toBeUndefined()
  expect(newsOf(scan, update, { clockOf: () => 0, isDeleted: () => false })).toBe(update)
  expect(newsOf(scan, update, { clockOf: () => 3, isDeleted: () => true })).toBeUndefined()
})

/** An update, cut. */
function cut(update: Uint8Array, pieceBytesMin: number): readonly Uint8Array[] {
  const base = outlineOf(update)
  const sections = joinSections({ base, runs: new Map(), clocks: new Map() })
  const pieces = new UpdatePieces(sections, update.subarray(base.deletesFrom), pieceBytesMin)
  const made: Uint8Array[] = []
  for (let piece = pieces.piece(0); piece !== undefined; piece = pieces.piece(made.length)) {
    made.push(piece)
  }
  return made
}

test('UPDATE-11: pieces applied in turn give the same document, none waits for a later one', () => {
  forSeeds(60, (dice) => {
    const history = makeHistory(dice, 80, 'plain')
    settle(history)
    const snapshot = Y.encodeStateAsUpdate(dice.pick(history.docs))
    const least = 64 + dice.roll(300)
    const pieces = cut(snapshot, least)
    for (const piece of pieces) expectSound(piece)
    for (const piece of pieces.slice(0, -1)) {
      expect(piece.length).toBeGreaterThanOrEqual(least)
      expect(Y.decodeUpdate(piece).ds.clients.size).toBe(0)
    }
    const doc = new Y.Doc({ gc: false })
    for (const piece of pieces) {
      Y.applyUpdate(doc, piece)
      expect(doc.store.pendingStructs).toBeNull()
    }
    expect(describeDoc(doc)).toEqual(describeDoc(loaded([snapshot])))
  })
})

test('UPDATE-11: pieces of updates with gaps give the same document as the updates', () => {
  forSeeds(60, (dice) => {
    const parts = overlapping(dice, 'plain')
    const doc = new Y.Doc({ gc: false })
    for (const piece of cut(joinUpdates(parts), 200)) Y.applyUpdate(doc, piece)
    expect(describeDoc(doc)).toEqual(describeDoc(loaded(parts)))
  })
})

test('UPDATE-8: a part that is not sound is thrown back', () => {
  expect(() => joinUpdates([Uint8Array.of(0, 0), Uint8Array.of(1)])).toThrow(TypeError)
})

test('UPDATE-17: only text and lists at the root, without marks and types, are flat', () => {
  const flat = (edit: (doc: Y.Doc) => void): boolean => {
    const scan = new UpdateScan()
    expect(scan.scan(Y.encodeStateAsUpdate(madeBy(edit)), limits)).toBeUndefined()
    return scan.isFlat
  }
  expect(flat((doc) => doc.getText('t').insert(0, 'words'))).toBe(true)
  expect(flat((doc) => doc.getArray('a').push([1, 'two', { three: 3 }, new Uint8Array(4)]))).toBe(
    true,
  )
  expect(flat((doc) => doc.getText('t').insertEmbed(0, { image: 'x' }))).toBe(true)
  expect(flat((doc) => doc.getText('t').insert(0, 'bold', { bold: true }))).toBe(false)
  expect(flat((doc) => doc.getMap('m').set('key', 1))).toBe(false)
  expect(flat((doc) => doc.getArray('a').push([new Y.Map()]))).toBe(false)
  expect(flat((doc) => doc.getText('t').insertEmbed(0, new Y.Text()))).toBe(false)
  expect(flat((doc) => doc.getXmlFragment('x').push([new Y.XmlText()]))).toBe(false)
  expect(flat((doc) => doc.getArray('a').push([new Y.Doc()]))).toBe(false)
})

test('UPDATE-18: what is joined by outlines is what is joined by reading all of it', () => {
  forSeeds(80, (dice) => {
    const history = makeHistory(dice, 60, dice.pick(['rich', 'plain']))
    const folded = dice.roll(history.updates.length)
    const base = folded === 0 ? undefined : Y.mergeUpdates(history.updates.slice(0, folded))
    const tail = disorder(history.updates.slice(Math.max(folded - 5, 0)), dice, true)
    const parts = base === undefined ? tail : [base, ...tail]
    const clocks =
      dice.roll(2) === 0
        ? new Map<number, number>()
        : Y.decodeStateVector(halfwayVector(dice.pick(history.docs), dice))
    const scan = new UpdateScan()
    const deletes = new DeleteIndex()
    for (const part of parts) {
      expect(scan.scan(part, limits)).toBeUndefined()
      deletes.addAll(scan)
    }
    const runs = new Map<number, SourceRun[]>()
    for (const section of tail.flatMap((update) => outlineOf(update).sections)) {
      runs.set(section.client, [...(runs.get(section.client) ?? []), ...section.runs])
    }
    const outline = base === undefined ? undefined : outlineOf(base)
    const joined = join({ base: outline, runs, clocks, deleteSet: deletes.write() }).bytes()
    expectSound(joined)
    const read = differenceUpdate(parts, clocks)
    const clocksOf = (update: Uint8Array) =>
      Y.decodeUpdate(update).structs.map(({ id, length }) => [id.client, id.clock, length])
    expect(clocksOf(joined)).toEqual(clocksOf(read))
    expect(describeDoc(loaded([joined]))).toEqual(describeDoc(loaded([read])))
  })
})

test('UPDATE-18: clients may lie in any order in what most is taken from', () => {
  const clients = [5, 9, 2, 7]
  const base = outlineOf(craftUpdate(clients.map((client) => ({ client, text: 'words' }))))
  expect(base.isRegular).toBe(false)
  const more = outlineOf(craftUpdate([{ client: 6 }, { client: 9, clock: 5, origin: [9, 4] }]))
  const runs = new Map(more.sections.map(({ client, runs: its }) => [client, its]))
  const joining = { base, runs, clocks: new Map([[7, 5]]), deleteSet: Uint8Array.of(0) }
  const joined = join(joining).bytes()
  const told = Y.decodeUpdate(joined).structs.map(({ id, length }) => [id.client, id.clock, length])
  expect(told.join(' ')).toBe('9,0,5 9,5,1 6,0,1 5,0,5 2,0,5')
})
