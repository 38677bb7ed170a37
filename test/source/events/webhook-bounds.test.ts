import { afterAll, beforeAll, expect, test } from 'bun:test'
import { anonymous } from '../../../src/auth/anonymous.ts'
import { systemClock } from '../../../src/base/clock.ts'
import { send } from '../../../src/events/sending/send.ts'
import { startServer, type TestServer } from '../../support/harness/server.ts'
import { until } from '../../support/harness/wait.ts'
import { refusal, startReceiver } from './receiver.ts'

let strict: TestServer

beforeAll(() => {
  strict = startServer({ endpoints_max: 0 }, undefined, { authority: anonymous('admin') })
})
afterAll(() => strict.stop())

test('EVENT-15: private addresses are refused unless the operator allows them', async () => {
  for (const host of ['127.0.0.1', '0x7f.1', '[::1]', 'localhost', '10.0.0.1', '169.254.169.254']) {
    expect(await refusal(strict, { url: `https://${host}/` })).toEqual([422, 'endpoint-refused'])
  }
  expect(await refusal(strict, { url: 'http://example.org/' })).toEqual([422, 'endpoint-refused'])
})

test('EVENT-15: a name is looked up once for a delivery, and that address is asked', async () => {
  const receiver = startReceiver()
  let asked = 0
  const parts = {
    clock: systemClock,
    wallClock: () => Date.now(),
    limits: { delivery_ms_max: 2_000 },
    allowPrivate: true,
    async resolve() {
      asked++
      return ['127.0.0.1']
    },
  }
  const url = receiver.url.replace('127.0.0.1', 'hooks.example')
  const letter = { url, secrets: ['whsec_AAAA'], id: '1', body: '{"type":"t","data":{"id":"1"}}' }
  expect(await send(parts, letter)).toMatchObject({ status: 200, error: undefined })
  expect(receiver.received[0]?.headers.get('host')).toStartWith('hooks.example:')
  expect(asked).toBe(1)
  // A name that was public when the webhook was made may lead inside by now.
  const moved = await send(
    { ...parts, allowPrivate: false },
    { ...letter, url: 'https://a.example' },
  )
  expect(moved).toMatchObject({ status: undefined, error: expect.stringMatching(/private/) })
  expect(receiver.received).toHaveLength(1)
  await receiver.stop()
})

test('EVENT-16: the number of webhooks is bounded', async () => {
  expect(await refusal(strict, { url: 'https://93.184.216.34/' })).toEqual([
    429,
    'too-many-endpoints',
  ])
})

test('EVENT-16: several documents are told at a time, and no more than that', async () => {
  const few = { deliveries_max: 2 }
  const options = { authority: anonymous('admin'), webhooksAllowPrivate: true }
  const narrow = startServer(few, undefined, options)
  const open = { now: 0, most: 0 }
  const receiver = startReceiver(async () => {
    open.now++
    open.most = Math.max(open.most, open.now)
    await Bun.sleep(30)
    open.now--
    return new Response()
  })
  const post = (path: string, body: object): Promise<Response> =>
    fetch(`${narrow.http}/api/v1${path}`, { method: 'POST', body: JSON.stringify(body) })
  await post('/webhooks', { url: receiver.url })
  for (let index = 0; index < 12; index++) await post('/documents', { name: `many/${index}` })
  await until('all came', () => receiver.received.length === 12)
  expect(open.most).toBe(2)
  await narrow.stop()
  await receiver.stop()
})
