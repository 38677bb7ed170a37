import { expect, test } from 'bun:test'
import * as Y from 'yjs'
import { defaultLimits } from '../../../src/base/limits/limits.ts'
import { systemClock } from '../../../src/base/clock.ts'
import { inSlices } from '../../../src/base/slices.ts'
import { ServerDocument } from '../../../src/document/document.ts'
import { inspected } from '../../support/harness/inspected.ts'

/** A history of edits by three people, with what each of them had after each edit. */
function history(edits: number) {
  const people = [11, 22, 33].map((id) => {
    const document = new Y.Doc()
    document.clientID = id
    return document
  })
  const updates: Uint8Array[] = []
  const states: Y.Doc[] = []
  for (let index = 0; index < edits; index++) {
    const author = people[(index * 7) % 3] ?? new Y.Doc()
    const text = author.getText('t')
    const before = Y.encodeStateVector(author)
    author.transact(() => {
      if (index % 4 === 3 && text.length > 4) text.delete(index % 4, 3)
      else text.insert((index * 5) % (text.length + 1), `${index};`)
    })
    const update = Y.encodeStateAsUpdate(author, before)
    updates.push(update)
    for (const person of people) if (index % 5 > 0) Y.applyUpdate(person, update)
    if (index % 5 === 4) meet(people)
    states.push(copyOf(author))
  }
  meet(people)
  return { updates, states, end: people[0] ?? new Y.Doc() }
}

function meet(people: readonly Y.Doc[]): void {
  for (const from of people) {
    for (const to of people) Y.applyUpdate(to, Y.encodeStateAsUpdate(from))
  }
}

function copyOf(document: Y.Doc): Y.Doc {
  const copy = new Y.Doc()
  Y.applyUpdate(copy, Y.encodeStateAsUpdate(document))
  return copy
}

/** The server's copy with the first `folded` updates in its snapshot. */
async function held(updates: readonly Uint8Array[], folded: number): Promise<ServerDocument> {
  const server = new ServerDocument(defaultLimits)
  const snapshot = folded === 0 ? undefined : Y.mergeUpdates(updates.slice(0, folded))
  expect(await inSlices(systemClock, server.load(snapshot, []))).toBeUndefined()
  for (const update of updates.slice(folded)) {
    server.take(inspected(server, update))
  }
  return server
}

for (const folded of [0, 30, 60]) {
  test(`SYNC-1: any state is brought up to date, ${folded} of 60 edits folded`, async () => {
    const { updates, states, end } = history(60)
    const server = await held(updates, folded)
    const wanted = Y.encodeStateAsUpdate(end)
    for (const state of [new Y.Doc(), ...states, end]) {
      const client = copyOf(state)
      const description = server.describe(Y.encodeStateVector(client))
      if (typeof description === 'string') throw new Error(description)
      Y.applyUpdate(client, description.bytes())
      expect(Y.encodeStateAsUpdate(client)).toEqual(wanted)
    }
  })
}

test('SYNC-1: one who has the snapshot is told only what came since, and the deletes', async () => {
  const { updates, end } = history(60)
  const server = await held(updates, 60)
  const described = (stateVector: Uint8Array): Uint8Array => {
    const description = server.describe(stateVector)
    if (typeof description === 'string') throw new Error(description)
    return description.bytes()
  }
  const all = Y.encodeStateVector(end)
  expect(described(all)).toEqual(Y.encodeStateAsUpdate(end, all))
  const before = Y.encodeStateVector(end)
  end.getText('t').insert(0, 'new')
  const update = Y.encodeStateAsUpdate(end, before)
  server.take(inspected(server, update))
  expect(described(before)).toEqual(Y.encodeStateAsUpdate(end, before))
})

test('RELAY-3: the answer of one who has everything is known by its bytes', async () => {
  const { updates, end } = history(60)
  const server = await held(updates, 40)
  const answer = (): Uint8Array => Y.encodeStateAsUpdate(end, Y.encodeStateVector(end))
  expect(server.repeats(answer())).toBe(true)
  end.getText('t').delete(0, 1)
  expect(server.repeats(answer())).toBe(false)
  const update = answer()
  server.absorb(inspected(server, update))
  expect(server.repeats(answer())).toBe(true)
})
