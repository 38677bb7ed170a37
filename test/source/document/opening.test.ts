import { expect, test } from 'bun:test'
import * as Y from 'yjs'
import { systemClock } from '../../../src/base/clock.ts'
import { defaultLimits } from '../../../src/base/limits/limits.ts'
import { inSlices } from '../../../src/base/slices.ts'
import { ServerDocument } from '../../../src/document/document.ts'
import { inspected } from '../../support/harness/inspected.ts'
import { Dice } from '../update/histories.ts'

const marks = [{ bold: true }, { bold: null }, { italic: true }, { italic: null }, { size: 3 }]

/** Three people who write and format one text, apart and together; what each edit sent. */
function formattedHistory(dice: Dice): readonly Uint8Array[] {
  const updates: Uint8Array[] = []
  const people = [11, 22, 33].map((id) => {
    const doc = new Y.Doc()
    doc.getText('t')
    doc.clientID = id
    // What Yjs tidies up is sent as any other edit.
    doc.on('update', (update: Uint8Array, origin: unknown) => {
      if (origin !== 'heard') updates.push(update)
    })
    return doc
  })
  const heard = people.map(() => 0)
  const hear = (person: number): void => {
    for (; (heard[person] ?? 0) < updates.length; heard[person] = (heard[person] ?? 0) + 1) {
      const update = updates[heard[person] ?? 0]
      if (update !== undefined) Y.applyUpdate(people[person] ?? new Y.Doc(), update, 'heard')
    }
  }
  for (let edit = 0; edit < 30; edit++) {
    const person = dice.roll(3)
    if (dice.roll(3) > 0) hear(person)
    editText(people[person]?.getText('t') ?? new Y.Text(), dice)
  }
  // Until nobody has anything to add.
  for (let before = -1; before < updates.length;) {
    before = updates.length
    for (const person of people.keys()) hear(person)
  }
  return updates
}

function editText(text: Y.Text, dice: Dice): void {
  const at = dice.roll(text.length + 1)
  const length = Math.min(1 + dice.roll(6), text.length - at)
  const what = dice.roll(4)
  if (what === 0 || length === 0) text.insert(at, 'word', dice.pick([{}, ...marks]))
  else if (what === 1) text.delete(at, length)
  else text.format(at, length, dice.pick(marks))
}

/**
 * What a client sends that is told this, one transaction after the other. Yjs tidies up only in a
 * root whose type is known, as it is to every bound editor.
 */
function answerTo(told: readonly Uint8Array[]): { readonly sent: number; readonly text: unknown } {
  const doc = new Y.Doc()
  doc.getText('t')
  let sent = 0
  doc.on('update', (_update: Uint8Array, origin: unknown) => {
    if (origin !== 'told') sent++
  })
  for (const update of told) Y.applyUpdate(doc, update, 'told')
  return { sent, text: doc.getText('t').toDelta() }
}

/** What one is told who opens a document with this snapshot, and these updates since. */
async function opened(snapshot: Uint8Array, since: readonly Uint8Array[]): Promise<Uint8Array> {
  const server = new ServerDocument(defaultLimits)
  expect(await inSlices(systemClock, server.load(snapshot, []))).toBeUndefined()
  for (const update of since) {
    server.take(inspected(server, update))
  }
  const description = server.describe(Uint8Array.of(0))
  if (typeof description === 'string') throw new Error(description)
  return description.bytes()
}

test('SYNC-11: one who opens between two compactions tidies nothing up', async () => {
  let hurt = 0
  for (let seed = 1; seed <= 400; seed++) {
    const dice = new Dice(seed)
    const updates = formattedHistory(dice)
    const folded = 1 + dice.roll(updates.length - 1)
    const snapshot = stateAfter(updates.slice(0, folded))
    const since = updates.slice(folded)
    const whole = answerTo([stateAfter(updates)])
    const { sent, text } = answerTo([await opened(snapshot, since)])
    expect({ seed, sent, text }).toEqual({ seed, ...whole })
    if (answerTo([snapshot, Y.mergeUpdates(since)]).sent !== whole.sent) hurt++
  }
  // The histories are such that a snapshot and a tail of its own would make somebody tidy up.
  expect(hurt).toBeGreaterThan(0)
})

function stateAfter(updates: readonly Uint8Array[]): Uint8Array {
  const doc = new Y.Doc()
  doc.transact(() => {
    for (const update of updates) Y.applyUpdate(doc, update)
  })
  return Y.encodeStateAsUpdate(doc)
}
