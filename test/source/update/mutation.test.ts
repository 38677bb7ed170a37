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
  depthMax: 100,
}

/** Some bytes of the update changed, gone, doubled, or taken from another one. */
function mutate(update: Uint8Array, other: Uint8Array, dice: Dice): Uint8Array {
  const bytes = [...update]
  const at = dice.roll(bytes.length)
  switch (dice.roll(7)) {
    case 0:
      bytes[at] = (bytes[at] ?? 0) ^ (1 << dice.roll(8))
      break
    case 1:
      bytes[at] = dice.pick([0, 1, 2, 10, 127, 128, 255, dice.roll(256)])
      break
    case 2:
      bytes.splice(at, 1 + dice.roll(4))
      break
    case 3:
      bytes.splice(at, 0, ...bytes.slice(dice.roll(bytes.length)).slice(0, 1 + dice.roll(12)))
      break
    case 4:
      bytes.splice(
        at,
        dice.roll(12),
        ...other.slice(dice.roll(other.length)).slice(0, dice.roll(30)),
      )
      break
    case 5:
      bytes[at] = ((bytes[at] ?? 0) + dice.pick([1, -1])) & 255
      break
    default:
      return Uint8Array.from({ length: dice.roll(24) }, () =>
        dice.pick([0, 1, 2, 4, dice.roll(256)]),
      )
  }
  return dice.roll(4) === 0
    ? mutate(Uint8Array.from([...bytes, 0]), other, dice)
    : Uint8Array.from(bytes)
}

/** Applies it as a server does and gives the document's state back to Yjs. */
function applyAndReload(update: Uint8Array, base: Uint8Array | undefined): void {
  const doc = new Y.Doc()
  if (base !== undefined) Y.applyUpdate(doc, base)
  Y.applyUpdate(doc, update)
  const state = Y.encodeStateAsUpdate(doc)
  expect(new UpdateScan().scan(state, limits)).toBeUndefined()
  const again = new Y.Doc()
  Y.applyUpdate(again, state)
  Y.decodeUpdate(Y.encodeStateAsUpdate(again))
}

test('UPDATE-3: of 20,000 spoiled updates all that pass are applied, written and loaded', () => {
  const scan = new UpdateScan()
  let accepted = 0
  for (let seed = 1; seed <= 100; seed++) {
    const dice = new Dice(seed)
    const { docs, updates } = makeHistory(dice, 25)
    const base = Y.encodeStateAsUpdate(dice.pick(docs))
    const sources = [...updates, base]
    for (let i = 0; i < 200; i++) {
      const update = mutate(dice.pick(sources), dice.pick(sources), dice)
      if (scan.scan(update, limits) !== undefined) continue
      accepted++
      try {
        Y.decodeUpdate(update)
        applyAndReload(update, undefined)
        applyAndReload(update, base)
      } catch (error) {
        const hex = update.toHex()
        throw new Error(`seed ${seed}, mutation ${i}: ${String(error)}: ${hex}`, { cause: error })
      }
    }
  }
  expect(accepted).toBeGreaterThan(1000)
}, 120_000)
