import { expect, test } from 'bun:test'
import { Paced } from '../../../editor/frame/paced.ts'

/** A clock that stands still but for what is done. */
class Clock {
  at = 0
  readonly waiting: { readonly at: number; readonly run: () => void }[] = []

  now(): number {
    return this.at
  }

  after(delayMs: number, run: () => void): void {
    this.waiting.push({ at: this.at + delayMs, run })
  }

  goTo(at: number): void {
    this.at = at
    for (const due of this.waiting.splice(0)) {
      if (due.at <= at) due.run()
      else this.waiting.push(due)
    }
  }
}

test('ELEMENT-18: what takes long is told so seldom that it takes a twentieth of the time', () => {
  const clock = new Clock()
  let told = 0
  const paced = new Paced(() => {
    told++
    clock.at += 50
  }, clock)
  const asked = 100
  for (let key = 0; key < asked; key++) {
    clock.goTo(Math.max(clock.at, key * 100))
    paced.ask()
  }
  expect(told).toBe(10)
  clock.goTo(60_000)
  expect(told).toBe(11)
  clock.goTo(120_000)
  paced.ask()
  expect(told).toBe(12)
})

test('ELEMENT-18: what was not told yet is told at once where somebody waits for it', () => {
  const clock = new Clock()
  let told = 0
  const paced = new Paced(() => {
    told++
    clock.at += 50
  }, clock)
  paced.hurry()
  expect(told).toBe(0)
  paced.ask()
  paced.ask()
  expect(told).toBe(1)
  paced.hurry()
  expect(told).toBe(2)
  clock.goTo(60_000)
  expect(told).toBe(2)
})
