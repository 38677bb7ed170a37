import { expect, test } from 'bun:test'
import type { Position } from '../../../../persistence/store.ts'
import { Chain, type Verdict } from '../../../../src/room/follow/chain.ts'

/** Row 7 of tag 70; others by hand. */
const at = (number: number, tag = number * 10): Position => ({ number, tag })
const follow = (chain: Chain, position: Position, previous: Position): Verdict =>
  chain.add({ position, previous })

test('CLUSTER-2: rows in order take the position along, whatever numbers are left out', () => {
  const chain = new Chain(at(0, 0))
  expect(follow(chain, at(3), at(0, 0))).toBe('next')
  expect(follow(chain, at(9), at(3))).toBe('next')
  expect(chain.position).toEqual(at(9))
  expect(chain.isBehind).toBe(false)
})

test('CLUSTER-2: a row that comes twice, or late, is known', () => {
  const chain = new Chain(at(9))
  expect(follow(chain, at(9), at(3))).toBe('known')
  expect(follow(chain, at(3), at(2))).toBe('known')
  expect(chain.position).toEqual(at(9))
})

test('CLUSTER-2: behind a hole rows wait, and count once it is filled', () => {
  const chain = new Chain(at(1))
  expect(follow(chain, at(4), at(3))).toBe('ahead')
  expect(follow(chain, at(3), at(2))).toBe('ahead')
  expect(chain.isBehind).toBe(true)
  expect(follow(chain, at(2), at(1))).toBe('next')
  expect(chain.position).toEqual(at(4))
  expect(chain.isBehind).toBe(false)
})

test('CLUSTER-2: what is read from the store fills a hole', () => {
  const chain = new Chain(at(1))
  follow(chain, at(5), at(4))
  expect(chain.read([at(2), at(4)])).toBe(true)
  expect(chain.position).toEqual(at(5))
  // An older answer says nothing new.
  expect(chain.read([at(2)])).toBe(true)
  expect(chain.position).toEqual(at(5))
})

test.each([
  ['another row of the same number', [at(9, 1), at(3)]],
  ['a row behind another one than the last', [at(12), at(9, 1)]],
  ['a row behind one that was passed', [at(12), at(8)]],
] as const)('CLUSTER-2: a log that was not followed shows by %s', (_, [position, previous]) => {
  expect(follow(new Chain(at(9)), position, previous)).toBe('broken')
})

test('CLUSTER-2: a log that was not followed shows among the rows that wait', () => {
  const twoBehindOne = new Chain(at(1))
  follow(twoBehindOne, at(4), at(3))
  expect(follow(twoBehindOne, at(4, 1), at(3))).toBe('broken')
  const otherNext = new Chain(at(1))
  follow(otherNext, at(4), at(3))
  expect(follow(otherNext, at(3, 1), at(1))).toBe('broken')
  const otherRead = new Chain(at(1))
  follow(otherRead, at(4), at(3))
  expect(otherRead.read([at(2), at(3, 1)])).toBe(false)
  const jumped = new Chain(at(1))
  follow(jumped, at(4), at(3))
  expect(jumped.read([at(2), at(4, 1)])).toBe(false)
  const gone = new Chain(at(1))
  follow(gone, at(4), at(3))
  // A failover may have lost a row and its number with it: others go on behind.
  expect(gone.read([at(2), at(3), at(5)])).toBe(false)
  const passed = new Chain(at(1))
  follow(passed, at(4), at(3))
  expect(follow(passed, at(5), at(1))).toBe('broken')
})

test('CLUSTER-2: what waits behind a hole that stays is bounded', () => {
  const chain = new Chain(at(1))
  for (let number = 3; number < 5_000; number++) follow(chain, at(number), at(number - 1))
  expect(chain.read(Array.from({ length: 4_998 }, (_, index) => at(index + 2)))).toBe(true)
  expect(chain.position).toEqual(at(4_999))
})
