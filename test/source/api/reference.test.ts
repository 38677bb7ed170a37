import { afterAll, beforeAll, expect, test } from 'bun:test'
import { startServer, type TestServer } from '../../support/harness/server.ts'

let server: TestServer

beforeAll(() => {
  server = startServer()
})
afterAll(() => server.stop())

test('API-9: the description tells of every route as OpenAPI 3.1', async () => {
  const answer = await fetch(`${server.http}/api/v1/openapi.json`)
  expect(await answer.json()).toMatchObject({
    openapi: '3.1.0',
    paths: {
      '/api/v1/documents/{doc}/content': {
        get: { parameters: expect.arrayContaining([expect.objectContaining({ name: 'format' })]) },
        put: { requestBody: { content: { 'application/vnd.yjs.update': {} } } },
        patch: { responses: { 200: { content: { 'application/json': expect.anything() } } } },
      },
      '/healthz': { get: { summary: expect.any(String) } },
    },
  })
})

test('API-9: the page needs no script and nothing from elsewhere', async () => {
  const answer = await fetch(`${server.http}/api`)
  expect(answer.headers.get('content-type')).toBe('text/html; charset=utf-8')
  expect(answer.headers.get('content-security-policy')).toStartWith("default-src 'none'; style-src")
  const page = await answer.text()
  expect(page).not.toMatch(/<script|<link|<img|@import|url\(|https?:/)
  expect(page).toContain('id="delete-api-v1-documents-doc"')
  expect(page).toContain('<code>application/json</code>: <code>url</code> <code>events?</code>')
})
