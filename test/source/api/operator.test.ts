import { afterAll, beforeAll, expect, test } from 'bun:test'
import { counterTable, gaugeTable, refusalMetric } from '../../../src/base/metric-table.ts'
import { Metrics } from '../../../src/base/metrics.ts'
import { FakeAuthority } from '../../support/fakes/authority.ts'
import { RawClient } from '../../support/harness/raw-client.ts'
import { startServer, type TestServer } from '../../support/harness/server.ts'

const adminToken = 'the operator has a long token'
let server: TestServer

beforeAll(() => {
  server = startServer({}, undefined, { authority: new FakeAuthority(), adminToken })
})
afterAll(() => server.stop())

function get(path: string, token?: string, method = 'GET'): Promise<Response> {
  const headers = token === undefined ? {} : { authorization: `Bearer ${token}` }
  return fetch(`${server.http}${path}`, { method, headers })
}

test('HTTP-4: every counter is in the table of metrics, under a name of its own', () => {
  const counted: readonly string[] = counterTable.map(([name]) => name)
  expect(counted).toEqual(Object.keys(new Metrics().snapshot()))
  const metrics = [...counterTable.map(([, metric]) => metric), ...Object.values(gaugeTable)]
  const names = new Set([...metrics, refusalMetric].map(({ name }) => name))
  expect(names.size).toBe(metrics.length + 1)
})

test('HTTP-4: metrics are told to the operator in the format of Prometheus', async () => {
  const client = await RawClient.connect(`${server.url}/ws/a-private-name?token=writer`)
  await client.open()
  const answer = await get('/metrics', adminToken)
  expect(answer.status).toBe(200)
  expect(answer.headers.get('content-type')).toStartWith('text/plain; version=0.0.4')
  const text = await answer.text()
  expect(text).toContain('# TYPE ytopic_connections_opened_total counter\n')
  expect(text).toContain('\nytopic_connections 1\n')
  expect(text).not.toContain('a-private-name')
})

test("HTTP-4: metrics are nobody else's", async () => {
  const statuses = [get('/metrics'), get('/metrics', 'nobody'), get('/metrics', 'writer')]
  expect((await Promise.all(statuses)).map(({ status }) => status)).toEqual([401, 401, 403])
})

test('HTTP-5: a refusal is told as problem details', async () => {
  const answer = await get('/api/v1/revoke', undefined, 'POST')
  expect(answer.status).toBe(401)
  expect(answer.headers.get('content-type')).toBe('application/problem+json')
  expect(answer.headers.get('www-authenticate')).toBe('Bearer')
  expect(await answer.json()).toEqual({
    type: 'urn:ytopic:problem:token-needed',
    title: expect.any(String),
    status: 401,
    code: 'token-needed',
    detail: expect.any(String),
  })
  const missing = await get('/api/v1/nothing', adminToken)
  expect([missing.status, missing.headers.get('content-type')]).toEqual([
    404,
    'application/problem+json',
  ])
})

test('HTTP-2: methods are told where they do not fit, and to who asks', async () => {
  const wrong = await get('/healthz', undefined, 'DELETE')
  expect([wrong.status, wrong.headers.get('allow')]).toEqual([405, 'HEAD, GET, OPTIONS'])
  const asked = await get('/healthz', undefined, 'OPTIONS')
  expect([asked.status, asked.headers.get('allow')]).toEqual([204, 'HEAD, GET, OPTIONS'])
  const head = await get('/healthz', undefined, 'HEAD')
  expect([head.status, await head.text()]).toEqual([200, ''])
})
