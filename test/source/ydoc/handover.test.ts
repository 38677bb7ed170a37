import { expect, test } from 'bun:test'
import { resolve } from 'node:path'
import * as Y from 'yjs'
import { type Clock, systemClock } from '../../../src/base/clock.ts'
import { defaultLimits } from '../../../src/base/limits/limits.ts'
import { steps } from '../../../src/base/steps.ts'
import { createConverter } from '../../../src/ydoc/converter.ts'
import { createHistorian } from '../../../src/ydoc/historian.ts'
import { pack } from '../../../src/ydoc/packed.ts'

/** Counts what is done in each turn in which a document is put together. */
function watchedTurns(): { readonly clock: Clock; readonly longest: () => number } {
  let [before, most] = [steps.taken, 0]
  const soon = (run: () => void): void => {
    most = Math.max(most, steps.taken - before)
    systemClock.soon(() => {
      before = steps.taken
      run()
    })
  }
  const longest = (): number => {
    const told = most
    ;[before, most] = [steps.taken, 0]
    return told
  }
  return { clock: { ...systemClock, soon }, longest }
}

function largeDocument(): Uint8Array {
  const document = new Y.Doc()
  document.getText('t').insert(0, 'x'.repeat(4_000_000))
  return Y.encodeStateAsUpdate(document)
}

const update = largeDocument()
const chain = [pack(update)]
const stored = {
  snapshot: update,
  attribution: undefined,
  log: [{ bytes: update, time: 5, by: { id: 'ada', name: 'Ada' } }],
}
const version = { kind: 'version', chain: [pack(Uint8Array.of(0, 0)), ...chain] } as const

test('PERF-8: what is asked of history goes to its thread in turns, as it is', async () => {
  const { clock, longest } = watchedTurns()
  const historian = createHistorian({ clock, limits: defaultLimits })
  try {
    const kept = await historian.keep({
      stored,
      chain: [],
      keyframe: true,
      isFolded: false,
      anyway: true,
    })
    expect(kept).toMatchObject({ kind: 'kept', stateBytes: update.length })
    expect(longest()).toBeWithin(900, 1_200)
    const now = [update, ...Array.from({ length: 3_000 }, () => Uint8Array.of(0, 0))]
    expect(await historian.restore(now, chain)).toEqual({ kind: 'same' })
    expect(longest()).toBeWithin(900, 1_200)
    expect(await historian.attribute({ ...stored, snapshot: undefined })).toBeDefined()
    expect(longest()).toBeWithin(900, 1_200)
    const side = { kind: 'now', updates: [update] } as const
    const asked = { stored, root: 't', form: 'json', context: 0 } as const
    const compared = await historian.compare({ ...asked, old: { kind: 'empty' }, now: side })
    expect(compared.kind).toBe('told')
    expect(longest()).toBeWithin(900, 1_200)
    expect(await historian.compare({ ...asked, old: version, now: version })).toMatchObject({
      kind: 'told',
    })
    expect(await historian.state(chain)).toEqual(update)
    const [keyframe = Uint8Array.of()] = chain
    expect(await historian.join([keyframe, keyframe], 'keyframe')).toBeDefined()
    // What was asked is not taken from who asks.
    expect(await historian.state(chain)).toEqual(update)
  } finally {
    await historian.close()
  }
})

test('PERF-8: what is read or edited goes to its thread in turns', async () => {
  const { clock, longest } = watchedTurns()
  const limits = { ...defaultLimits, fold_small_bytes_max: 1 }
  const converter = createConverter({ clock, limits })
  try {
    const look = await converter.look([update])
    expect(look.kind).not.toBe('busy')
    expect(longest()).toBeWithin(900, 1_200)
    const wish = { format: 'text', root: 't', rootKind: undefined } as const
    const read = await converter.read([update], wish)
    expect(read.kind).toBe('read')
    expect(longest()).toBeWithin(900, 1_200)
  } finally {
    await converter.close()
  }
})

test('PERF-11: who wrote what is not looked for where nobody is named', async () => {
  let asked = 0
  const after = (): (() => void) => {
    asked++
    return () => undefined
  }
  const historian = createHistorian({ clock: { ...systemClock, after }, limits: defaultLimits })
  const nobodys = { ...stored, log: [{ bytes: update, time: 5, by: undefined }] }
  expect(await historian.attribute(nobodys)).toBeUndefined()
  // Every question to the thread has a time by which it is to be answered.
  expect(asked).toBe(0)
})

test('PERF-11: a thread that folds loads nothing of history, conversions and markup', async () => {
  const root = resolve(import.meta.dir, '../../../src/ydoc')
  const transpiler = new Bun.Transpiler({ loader: 'ts' })
  const loaded = new Set([resolve(root, 'worker.ts')])
  for (const path of loaded) {
    for (const found of transpiler.scanImports(await Bun.file(path).text())) {
      if (found.kind !== 'import-statement' || !found.path.startsWith('.')) continue
      loaded.add(resolve(path, '..', found.path))
    }
  }
  expect(loaded).toContain(resolve(root, 'fold/fold.ts'))
  const rest = [...loaded].filter((path) => /ydoc\/(?:history|content|markup)\//.test(path))
  expect(rest).toEqual([])
})
