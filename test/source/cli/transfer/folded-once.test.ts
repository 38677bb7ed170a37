import { expect, test } from 'bun:test'
import * as Y from 'yjs'
import { Batch } from '../../../../persistence/batch.ts'
import { createMemoryStore } from '../../../../persistence/memory/store.ts'
import type { Store } from '../../../../persistence/store.ts'
import { systemClock, systemWallClock } from '../../../../src/base/clock.ts'
import { limitsWith } from '../../../../src/base/limits/limits.ts'
import { keepingImported } from '../../../../src/cli/transfer/keep-imported.ts'

/** Nothing can be folded within that. */
const limits = limitsWith({ fold_memory_bytes_max: 1 })

/** An update of a document, and a store that has it and nothing else of it. */
async function imported(name: string, store: Store): Promise<Uint8Array> {
  const document = new Y.Doc()
  document.getText('t').insert(0, name)
  const update = Y.encodeStateAsUpdate(document)
  const batch = new Batch()
  batch.add(name, update)
  await store.append(batch)
  return update
}

test('TOOLS-21: what was folded to see that it loads is not folded again', async () => {
  const store = createMemoryStore()
  const warned: string[] = []
  const terminal = {
    print: () => undefined,
    warn: (line: string) => void warned.push(line),
    progress: () => undefined,
    write: () => Promise.resolve(),
    isTerminal: false,
    clock: systemClock,
    wallClock: systemWallClock,
  }
  await keepingImported(store, limits, terminal, async (keep) => {
    const folded = await imported('new', store)
    await keep('new', folded)
    // Beside what was there it is another state, which nobody has folded.
    await imported('more', store)
    await keep('more', await imported('more', store))
    await imported('large', store)
    await keep('large', undefined)
  })
  const kept = await store.versions?.list({ document: 'new', limit: 9 })
  expect(kept?.map(({ kind }) => kind)).toEqual(['import'])
  expect(warned).toEqual([
    expect.stringContaining('not kept as a version: document "more"'),
    expect.stringContaining('not kept as a version: document "large"'),
  ])
}, 60_000)
