import { expect, test } from 'bun:test'
import { numbers } from '../../../../bench/shapes/messages.ts'
import { steps } from '../../../../src/base/steps.ts'
import { ClientGroups } from '../../../../src/update/clocks/client-groups.ts'
import { Dice } from '../histories.ts'

const count = 12_000

/** Each of the numbers once, in an order of some kind. */
const orders: ReadonlyMap<string, () => readonly number[]> = new Map([
  ['falling', () => upTo(count).toReversed()],
  ['rising', () => upTo(count)],
  ['shuffled', () => shuffled(upTo(count))],
  ['falling in blocks that rise', () => blocks((block) => block.toReversed())],
  ['from both ends', () => upTo(count / 2).flatMap((low) => [low, count + 1 - low])],
  ['to the middle of what is there', () => [...upTo(4_000), ...shuffled(upTo(count).slice(4_000))]],
  [
    'rising below a full group',
    () => [...upTo(1_024).map((id) => count - id), ...upTo(count - 1_025)],
  ],
])

function upTo(last: number): readonly number[] {
  return Array.from({ length: last }, (_, index) => index + 1)
}

function shuffled(ids: readonly number[]): readonly number[] {
  const dice = new Dice(7)
  return ids
    .map((id) => ({ id, place: dice.roll(1_000_000) }))
    .toSorted((one, other) => one.place - other.place)
    .map(({ id }) => id)
}

function blocks(order: (block: readonly number[]) => readonly number[]): readonly number[] {
  return Array.from({ length: count / 300 }, (_, block) =>
    order(upTo(300).map((id) => id + block * 300)),
  ).flat()
}

for (const [name, order] of orders) {
  test(`UPDATE-13: clients that come ${name} are written in falling order`, () => {
    const said = new Map<number, number>()
    const groups = new ClientGroups((clients) =>
      numbers(...clients.flatMap((client) => [client, said.get(client) ?? 0])),
    )
    const expected = (): Uint8Array => {
      const clients = [...said.keys()].toSorted((one, other) => other - one)
      return numbers(said.size, ...clients.flatMap((client) => [client, said.get(client) ?? 0]))
    }
    steps.taken = 0
    const ids = order()
    for (const [index, id] of ids.entries()) {
      said.set(id, index)
      groups.add(id)
      const earlier = ids[index >> 1] ?? id
      said.set(earlier, index)
      groups.changed(earlier)
      if (index === 500 || index === 5_000) expect(groups.encode()).toEqual(expected())
    }
    expect(groups.encode()).toEqual(expected())
    // What is put in order is seldom put in order again.
    expect(steps.taken).toBeLessThan(8 * count)
  })
}
