import { expect, test } from 'bun:test'
import { RawClient } from '../../../support/harness/raw-client.ts'
import { startServer } from '../../../support/harness/server.ts'

test('LIMIT-20: silent connections of a few networks do not fill the server', async () => {
  const server = startServer({ silent_connections_max: 3, deny_delay_ms: 10 }, undefined, {
    trustedProxies: ['loopback'],
  })
  const connect = (address: string) =>
    RawClient.connect(`${server.url}/ws/d`, { 'x-forwarded-for': address })
  const silent = ['1', '1', '2'].map((end) => connect(`198.51.100.${end}`))
  const [oldest, ...others] = await Promise.all(silent)
  await (await connect('203.0.113.1')).open()
  await connect('203.0.113.2')
  const full = await connect('203.0.113.2')
  expect(await full.closes()).toMatchObject({ code: 1013 })
  expect(await oldest?.closes()).toMatchObject({ code: 1013 })
  expect(server.ytopic.metrics['refused.silent']).toBe(1)
  expect(others.map(({ closed }) => closed)).toEqual([undefined, undefined])
  await server.stop()
})
