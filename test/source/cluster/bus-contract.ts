import { afterEach, beforeEach, describe, expect, test } from 'bun:test'
import type { Bus } from '../../../src/cluster/bus.ts'
import { until } from '../../support/harness/wait.ts'

/** Where several servers have their buses. */
export interface BusStage {
  bus(): Bus
  dispose(): Promise<void>
}

interface Heard {
  readonly bus: Bus
  readonly messages: { readonly channel: string; readonly bytes: Uint8Array }[]
}

/** What every bus does. */
export function busContract(name: string, open: () => Promise<BusStage>): void {
  describe(`bus: ${name}`, () => {
    let stage: BusStage
    let opened: Bus[]

    beforeEach(async () => {
      stage = await open()
      opened = []
    })
    afterEach(async () => {
      await Promise.all(opened.map((bus) => bus.close()))
      await stage.dispose()
    })

    async function listening(): Promise<Heard> {
      const bus = stage.bus()
      opened.push(bus)
      const messages: Heard['messages'] = []
      bus.listen({
        message: (channel, bytes) => void messages.push({ channel, bytes: bytes.slice() }),
        up: () => undefined,
        down: () => undefined,
      })
      await until('up', () => bus.isUp)
      return { bus, messages }
    }

    test('BUS-1: what is said is heard by all who subscribed, as it was', async () => {
      const [a, b, c] = [await listening(), await listening(), await listening()]
      expect(await a.bus.subscribe('one')).toBe(true)
      expect(await b.bus.subscribe('one')).toBe(true)
      await c.bus.subscribe('other')
      const every = Uint8Array.from({ length: 256 }, (_, index) => index)
      const large = new Uint8Array(200_000).fill(0x0d)
      a.bus.publish('one', every)
      a.bus.publish('one', new Uint8Array(0))
      a.bus.publish('one', large)
      await until('heard', () => a.messages.length === 3 && b.messages.length === 3)
      expect(b.messages.map(({ bytes }) => Buffer.from(bytes).toString('base64'))).toEqual(
        [every, new Uint8Array(0), large].map((bytes) => Buffer.from(bytes).toString('base64')),
      )
      expect(c.messages).toEqual([])
    })

    test('BUS-2: what is said while a subscription stands is heard, and no more', async () => {
      const [a, b] = [await listening(), await listening()]
      a.bus.publish('one', Uint8Array.of(1))
      for (let index = 0; index < 50; index++) {
        expect(await b.bus.subscribe(`channel ${index}`)).toBe(true)
        a.bus.publish(`channel ${index}`, Uint8Array.of(index))
      }
      await until('all heard', () => b.messages.length === 50)
      b.bus.unsubscribe('channel 0')
      await b.bus.subscribe('last')
      a.bus.publish('channel 0', Uint8Array.of(1))
      a.bus.publish('last', Uint8Array.of(2))
      await until('the last heard', () => b.messages.some(({ channel }) => channel === 'last'))
      expect(b.messages).toHaveLength(51)
    })
  })
}
