import { expect, test } from 'bun:test'
import * as Y from 'yjs'
import { defaultLimits } from '../../../src/base/limits/limits.ts'
import { systemClock } from '../../../src/base/clock.ts'
import { inSlices } from '../../../src/base/slices.ts'
import { ServerDocument } from '../../../src/document/document.ts'
import { inspected } from '../../support/harness/inspected.ts'

const limits = { ...defaultLimits, tail_updates_max: 100 }

/** So many small updates of one author. */
function typed(count: number): Uint8Array[] {
  const document = new Y.Doc()
  const updates: Uint8Array[] = []
  document.on('update', (update: Uint8Array) => updates.push(update))
  for (let index = 0; index < count; index++) document.getText('t').insert(index, 'x')
  return updates
}

function take(document: ServerDocument, updates: readonly Uint8Array[]): void {
  for (const update of updates) {
    document.take(inspected(document, update))
  }
}

test('COMPACT-4: a long log found at load is compacted without waiting for growth', async () => {
  const document = new ServerDocument(limits)
  const log = typed(150).map((bytes, index) => ({
    sequence: index + 1,
    bytes,
    time: undefined,
    by: undefined,
  }))
  expect(await inSlices(systemClock, document.load(undefined, log))).toBeUndefined()
  expect(document.wantsCompaction).toBe(true)
})

test('COMPACT-4: what came while a snapshot was being made counts as growth', () => {
  const document = new ServerDocument(limits)
  const updates = typed(300)
  take(document, updates.slice(0, 100))
  expect(document.wantsCompaction).toBe(true)
  const mark = document.position
  const snapshot = Y.mergeUpdates(updates.slice(0, 100))
  take(document, updates.slice(100, 250))
  document.rebase(snapshot, mark)
  expect(document.tailUpdates).toBe(150)
  expect(document.wantsCompaction).toBe(true)
  document.compactionDone()
  expect(document.wantsCompaction).toBe(false)
})
