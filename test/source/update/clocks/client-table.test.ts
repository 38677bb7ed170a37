import { expect, spyOn, test } from 'bun:test'
import { ClientTable } from '../../../../src/update/clocks/client-table.ts'

const count = 400_000

/** Each client once: next to each other as in tests, spread as Yjs has them, or of 53 bits. */
const kinds: ReadonlyMap<string, (index: number) => number> = new Map([
  ['in order', (index) => index],
  ['spread', (index) => (index * 2_654_435_761) % 2 ** 32],
  ['of 53 bits', (index) => index * 21_474_836_481],
])

for (const [kind, clientOf] of kinds) {
  test(`PERF-10: clients ${kind} lie in tables of which none moves many when it doubles`, () => {
    const table = new ClientTable<number>()
    const set = spyOn(Map.prototype, 'set')
    const sizes = new Map<unknown, number>()
    try {
      for (let index = 0; index < count; index++) {
        table.set(clientOf(index), index + 1)
        const inner: unknown = set.mock.contexts[0]
        sizes.set(inner, (sizes.get(inner) ?? 0) + 1)
        // What was just noted is told to the spy as well.
        set.mockClear()
      }
    } finally {
      set.mockRestore()
    }
    const all = [...sizes.values()].toSorted((one, other) => other - one)
    expect(all.length).toBe(33)
    expect(all[0]).toBeLessThan(count / 16)
    // Each comes to a power of two at another time.
    const others = all.slice(1, 32)
    for (const [place, size] of others.slice(1).entries()) {
      expect(size).toBeLessThan(others[place] ?? 0)
    }
    expect(table.size).toBe(count)
  })
}

test('PERF-10: what is said of a client is found again, whichever table it lies in', () => {
  const table = new ClientTable<number>()
  const clients = Array.from({ length: 50_000 }, (_, index) => index * 7_919 + 1)
  for (const client of clients) table.set(client, client + 1)
  for (const client of clients) table.set(client, client + 2)
  expect(table.size).toBe(clients.length)
  expect(clients.every((client) => table.get(client) === client + 2)).toBe(true)
  expect(table.has(2)).toBe(false)
  expect(table.get(2)).toBeUndefined()
  const seen = new Set<number>()
  expect(table.every((client, value) => value === client + 2 && seen.add(client).size > 0)).toBe(
    true,
  )
  expect(seen.size).toBe(clients.length)
  expect(table.every((client) => client !== clients.at(-1))).toBe(false)
})
