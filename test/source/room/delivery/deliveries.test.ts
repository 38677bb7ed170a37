import { expect, test } from 'bun:test'
import { Deliveries, type Delivery } from '../../../../src/room/delivery/deliveries.ts'
import { FakeClock } from '../../../support/fakes/clock.ts'

const mib = 1_048_576

function stage() {
  const clock = new FakeClock()
  const limits = { descriptions_bytes_max: 100 * mib, description_pause_ms_max: 60_000 }
  const deliveries = new Deliveries(limits, clock)
  const said: string[] = []
  /** One that asks for so much, sends when it has its place, and then has so much unsent. */
  const ask = (name: string, bytes: number): Delivery & { unsent: number } => {
    const delivery = {
      unsent: 0,
      work() {
        said.push(`${name} sends`)
        delivery.unsent = bytes
        return false
      },
      unsentBytes: () => delivery.unsent,
      tooSlow() {
        said.push(`${name} gives up`)
        deliveries.leave(delivery)
      },
      failed: () => said.push(`${name} failed`),
    }
    deliveries.waitForPlace(delivery, bytes)
    return delivery
  }
  const turns = (count: number): readonly string[] => {
    for (let turn = 0; turn < count; turn++) clock.turn()
    return said.splice(0)
  }
  return { clock, deliveries, ask, turns }
}

test('SLOW-4: who comes beyond what may be on its way waits for its turn', () => {
  const { deliveries, ask, turns } = stage()
  const first = ask('first', 60 * mib)
  ask('second', 60 * mib)
  ask('third', 20 * mib)
  expect(turns(5)).toEqual(['first sends'])
  deliveries.leave(first)
  expect(turns(5)).toEqual(['second sends', 'third sends'])
  expect(deliveries.bytesOnTheWay).toBe(80 * mib)
})

test('SLOW-4: one that is larger than all may be goes alone', () => {
  const { deliveries, ask, turns } = stage()
  const small = ask('small', mib)
  const large = ask('large', 500 * mib)
  ask('behind', mib)
  expect(turns(5)).toEqual(['small sends'])
  deliveries.leave(small)
  expect(turns(5)).toEqual(['large sends'])
  deliveries.leave(large)
  expect(turns(5)).toEqual(['behind sends'])
})

test('SLOW-5: who takes too little gives its place up, who takes enough keeps it', async () => {
  const { clock, deliveries, ask, turns } = stage()
  const reading = ask('reading', 50 * mib)
  ask('stuck', 50 * mib)
  ask('next', 50 * mib)
  expect(turns(5)).toEqual(['reading sends', 'stuck sends'])
  for (let second = 0; second <= 62; second++) {
    reading.unsent -= mib / 32
    deliveries.sweep(clock.now())
    await clock.advance(1_000)
  }
  expect(turns(5)).toEqual(['stuck gives up', 'next sends'])
})

test('SLOW-7: the work of each turn of the event loop is that of one delivery', () => {
  const { clock, deliveries } = stage()
  const done: string[] = []
  const worker = (name: string, parts: number): Delivery => {
    let left = parts
    return {
      work() {
        done.push(name)
        return --left > 0
      },
      unsentBytes: () => 0,
      tooSlow: () => undefined,
      failed: () => undefined,
    }
  }
  deliveries.start(worker('a', 3))
  deliveries.start(worker('b', 2))
  for (let turn = 1; turn <= 5; turn++) {
    clock.turn()
    expect(done.length).toBe(turn)
  }
  expect(done).toEqual(['a', 'b', 'a', 'b', 'a'])
  clock.turn()
  expect(done.length).toBe(5)
})

test('SLOW-7: a fault in one delivery ends that one', () => {
  const { deliveries, ask, turns } = stage()
  const failing = ask('failing', mib)
  failing.work = () => {
    throw new Error('no')
  }
  ask('next', mib)
  expect(turns(5)).toEqual(['failing failed', 'next sends'])
  expect(deliveries.bytesOnTheWay).toBe(mib)
})
