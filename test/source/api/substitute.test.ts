import { afterEach, beforeEach, expect, test } from 'bun:test'
import * as Y from 'yjs'
import { connect, synced } from '../../support/harness/provider.ts'
import { startServer, type TestServer } from '../../support/harness/server.ts'
import { until } from '../../support/harness/wait.ts'

let server: TestServer

beforeEach(() => {
  server = startServer()
})
afterEach(() => server.stop())

function patch(body: object): Promise<Response> {
  return fetch(`${server.http}/api/v1/documents/notes/content`, {
    method: 'PATCH',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
}

test('AGENT-6: texts give way while somebody types without a pause', async () => {
  const client = connect(`${server.url}/ws`, 'notes')
  await synced(client)
  const text = client.document.getText('t')
  text.insert(0, 'the quick brown fox. ')
  await until('it is there', () => server.ytopic.metrics.updatesStored > 0)
  const caret = Y.createRelativePositionFromTypeIndex(text, 'the quick brown '.length)
  let typed = 0
  const typing = setInterval(() => {
    text.insert(text.length, 'x')
    typed++
  }, 1)
  const substitute = [
    { old: 'quick', new: 'clever' },
    { old: 'brown', new: 'red' },
  ]
  const answer = await patch({ root: 't', substitute })
  expect([answer.status, await answer.json()]).toMatchObject([200, { changed: true }])
  clearInterval(typing)
  expect(typed).toBeGreaterThan(0)
  const wanted = `the clever red fox. ${'x'.repeat(typed)}`
  await until('it has arrived', () => text.toString() === wanted)
  const place = Y.createAbsolutePositionFromRelativePosition(caret, client.document)
  expect(place?.index).toBe('the clever red '.length)
  client.end()
})

test.each([
  [{ substitute: [{ old: 'three', new: 'x' }] }, 422, 'not there'],
  [{ substitute: [{ old: 'one', new: 'x' }] }, 422, 'more than once'],
  [{ substitute: [{ old: 'one', new: 'x' }], format: 'json' }, 400, '"markdown"'],
  [{ substitute: [{ old: 'two', new: 'x' }], append: 'y' }, 400, '"substitute"'],
])('AGENT-6: %j changes nothing and is told why', async (body, status, why) => {
  await server.ytopic.documents.create({ name: 'notes', content: 'one two one', root: 't' })
  const answer = await patch({ root: 't', ...body })
  expect(answer.status).toBe(status)
  expect(await answer.json()).toMatchObject({ detail: expect.stringContaining(why) })
  const notes = await server.ytopic.documents.open('notes')
  expect(await notes.read('text')).toBe('one two one')
})
