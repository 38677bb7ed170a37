import { afterEach, expect, test } from 'bun:test'
import { join, resolve } from 'node:path'
import { systemClock } from '../../../src/base/clock.ts'
import type { Bus } from '../../../src/cluster/bus.ts'
import { createRedisBus, type RedisOptions } from '../../../src/cluster/redis/redis-bus.ts'
import { startRedis, type TestRedis } from '../../support/harness/redis.ts'
import { until } from '../../support/harness/wait.ts'
import { busContract } from './bus-contract.ts'

busContract('Redis', async () => {
  const redis = await startRedis()
  return {
    bus: () => createRedisBus({ url: redis.url, clock: systemClock }),
    dispose: () => redis.stop(),
  }
})

let ends: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const end of ends.toReversed()) await end()
  ends = []
})

async function redisOf(flags: readonly string[] = [], scheme?: string): Promise<TestRedis> {
  const redis = await startRedis(flags, scheme)
  ends.push(() => redis.stop())
  return redis
}

function listen(options: RedisOptions) {
  const bus: Bus = createRedisBus(options)
  const heard: number[] = []
  const told: string[] = []
  bus.listen({
    message: (_, bytes) => void heard.push(bytes[0] ?? 0),
    up: () => void told.push('up'),
    down: (reason) => void told.push(reason),
  })
  ends.push(() => bus.close())
  return { bus, heard, told }
}

test('BUS-3: one that was killed is back by itself, with all subscriptions', async () => {
  const redis = await redisOf()
  const { bus, heard, told } = listen({ url: redis.url })
  await bus.subscribe('early')
  await until('up', () => bus.isUp)
  await bus.subscribe('one')
  await redis.kill()
  await until('down', () => !bus.isUp)
  expect(await bus.subscribe('meanwhile')).toBe(false)
  bus.publish('one', Uint8Array.of(1))
  await redis.start()
  await until('up again', () => bus.isUp)
  for (const [index, channel] of ['early', 'one', 'meanwhile'].entries()) {
    bus.publish(channel, Uint8Array.of(index + 10))
  }
  await until('heard', () => heard.length === 3)
  expect(heard).toEqual([10, 11, 12])
  expect(told.filter((word) => word === 'up')).toHaveLength(2)
})

test('BUS-3: connections that are cut again and again come back', async () => {
  const redis = await redisOf()
  const { bus, heard } = listen({ url: redis.url })
  await bus.subscribe('one')
  await until('up', () => bus.isUp)
  for (let round = 1; round <= 5; round++) {
    await redis.command('CLIENT', 'KILL', 'TYPE', 'pubsub')
    await until('down', () => !bus.isUp)
    await until('up', () => bus.isUp)
    bus.publish('one', Uint8Array.of(round))
    await until('heard', () => heard.at(-1) === round)
  }
})

test('BUS-7: one that is away is tried often, and each reason is told once', async () => {
  const waits: number[] = []
  const clock = {
    ...systemClock,
    after: (ms: number, task: () => void) => {
      // The long one is for an answer.
      if (ms < 5_000) waits.push(ms)
      return systemClock.after(ms < 5_000 ? 0 : ms, task)
    },
  }
  const redis = await redisOf()
  const { bus, told } = listen({ url: redis.url, clock })
  await until('up', () => bus.isUp)
  await redis.kill()
  await until('it was tried again and again', () => waits.length > 12)
  expect(Math.max(...waits)).toBe(500)
  expect(told).toEqual(['up', 'the connection was closed', 'Failed to connect'])
  await redis.start()
  await until('up again', () => bus.isUp)
  await redis.kill()
  await until('down', () => !bus.isUp)
  expect(told.slice(3, 5)).toEqual(['up', 'the connection was closed'])
})

test('BUS-4: one that takes connections and says nothing is not waited for', async () => {
  const redis = await redisOf()
  const { bus, heard, told } = listen({ url: redis.url })
  await until('up', () => bus.isUp)
  redis.pause()
  ends.push(async () => redis.resume())
  bus.renew('by the test')
  await until('given up', () => told.includes('It does not answer.'))
  expect(await bus.subscribe('one')).toBe(false)
  redis.resume()
  await until('up', () => bus.isUp)
  bus.publish('one', Uint8Array.of(7))
  await until('heard', () => heard.includes(7))
})

test('BUS-5: a password lets in, and none is told so, without it', async () => {
  const redis = await redisOf(['--requirepass', 'not-to-be-shown'])
  const without = listen({ url: redis.url })
  await until('refused', () => without.told.some((word) => word.includes('NOAUTH')))
  const wrong = listen({ url: redis.url, password: 'wrong' })
  await until('refused', () => wrong.told.some((word) => word.includes('WRONGPASS')))
  const right = listen({ url: redis.url, password: 'not-to-be-shown' })
  await until('let in', () => right.bus.isUp)
  const inUrl = listen({ url: redis.url.replace('://', '://:not-to-be-shown@') })
  await until('let in', () => inUrl.bus.isUp)
  expect(inUrl.bus.place).toBe(redis.url)
})

test('BUS-6: with TLS only a certificate that is believed is spoken to', async () => {
  const fixtures = resolve(import.meta.dir, '../../support/fixtures/tls')
  const at = (name: string): string => join(fixtures, name)
  const tls = ['--port', '0', '--tls-port', 'PORT', '--tls-auth-clients', 'no']
  const certificate = ['--tls-cert-file', at('first.crt'), '--tls-key-file', at('first.key')]
  const redis = await redisOf(
    [...tls, ...certificate, '--tls-ca-cert-file', at('first.crt')],
    'rediss',
  )
  const ca = await Bun.file(at('first.crt')).text()
  const { bus, heard } = listen({ url: redis.url, ca })
  await bus.subscribe('one')
  await until('up', () => bus.isUp)
  bus.publish('one', Uint8Array.of(3))
  await until('heard', () => heard.length === 1)
  for (const other of [undefined, await Bun.file(at('second.crt')).text()]) {
    const refused = listen({ url: redis.url, ca: other })
    await until('not believed', () => refused.told.some((word) => word.includes('certificate')))
    expect(refused.bus.isUp).toBe(false)
  }
})
