import { expect, test } from 'bun:test'
import { createWebhookAuthority } from '../../../../src/auth/webhook.ts'
import { Endpoint } from '../../auth/endpoint.ts'
import { RawClient } from '../../../support/harness/raw-client.ts'
import { startServer } from '../../../support/harness/server.ts'
import { until } from '../../../support/harness/wait.ts'

test('AUTH-23: invented tokens over plain HTTP neither close nor keep out anybody', async () => {
  const endpoint = new Endpoint()
  // Whom it knows it answers at once, and wants to be asked again soon; others it looks for long.
  endpoint.answer = ({ token }) =>
    token === 'ana' || token === 'ben'
      ? Response.json({ access: 'write', seconds: 2 })
      : new Promise(() => undefined)
  const server = startServer({ grant_grace_ms_max: 0 }, undefined, {
    authority: createWebhookAuthority({ url: endpoint.url }),
    trustedProxies: ['loopback'],
  })
  const enter = async (token: string, address: string): Promise<RawClient> => {
    const headers = { 'x-forwarded-for': address }
    return (await RawClient.connect(`${server.url}/ws/a?token=${token}`, headers)).open()
  }
  const askedAbout = (token: string): number =>
    endpoint.asked.filter(({ body }) => JSON.stringify(body).includes(`"token":"${token}"`)).length
  const ana = await enter('ana', '192.0.2.1')
  const stop = new AbortController()
  const flood = Array.from({ length: 200 }, (_, index) =>
    fetch(`${server.http}/ws/a?token=invented-${index}`, {
      headers: { 'x-forwarded-for': '198.51.100.9' },
      signal: stop.signal,
    }).catch(() => undefined),
  )
  await until('it is asked about inventions', () => endpoint.asked.length > 10)
  // Who comes from elsewhere is let in meanwhile, and who is here is decided about anew.
  const ben = await enter('ben', '192.0.2.2')
  await until('it was asked about ana again', () => askedAbout('ana') > 1)
  await ana.settled()
  expect([ana.closed, ben.closed]).toEqual([undefined, undefined])
  stop.abort()
  await Promise.all(flood)
  await server.stop()
  await endpoint.stop()
}, 120_000)
