import { expect, test } from 'bun:test'
import { Garbage } from '../../../../src/server/garbage.ts'

const mib = 1024 * 1024

function counted() {
  const calls = { young: 0, all: 0 }
  const garbage = new Garbage({ young: () => calls.young++, all: () => calls.all++ })
  return { calls, garbage }
}

test('MEMORY-2: what messages leave behind is collected by its bytes, not by their number', () => {
  const { calls, garbage } = counted()
  for (let count = 0; count < 100_000; count++) garbage.received(30)
  expect(calls.young).toBe(0)
  for (let count = 0; count < 100; count++) garbage.received(mib)
  expect(calls.young).toBe(3)
})

test('MEMORY-2: all is collected after much was received and stored, and when it is quiet', () => {
  const { calls, garbage } = counted()
  garbage.round(0)
  garbage.received(20 * mib)
  garbage.round(0)
  expect(calls.all).toBe(0)
  garbage.round(0)
  garbage.round(0)
  expect(calls.all).toBe(1)
  garbage.received(70 * mib)
  garbage.round(10 * mib)
  expect(calls.all).toBe(1)
  garbage.round(70 * mib)
  expect(calls.all).toBe(2)
})
