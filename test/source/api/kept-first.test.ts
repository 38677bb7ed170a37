import { afterEach, beforeEach, expect, test } from 'bun:test'
import { LiveAuthority } from '../../support/fakes/live-authority.ts'
import { startServer, type TestServer } from '../../support/harness/server.ts'

interface Told {
  readonly changed?: boolean
  readonly id?: string
  readonly version?: string
  readonly versions?: readonly { readonly kind: string }[]
}

let server: TestServer

beforeEach(() => {
  const authority = new LiveAuthority()
  authority.grant('ada', { access: 'write', who: { id: 'ada', name: 'Ada' } })
  authority.grant('admin', { access: 'admin', who: { id: 'admin' } })
  server = startServer({}, undefined, { authority })
})
afterEach(() => server.stop())

async function ask(method: string, path: string, body?: unknown, token = 'ada'): Promise<Response> {
  return fetch(`${server.http}/api/v1/documents/kept${path}`, {
    method,
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
}

async function told(method: string, path: string, body?: unknown): Promise<Told> {
  const answer = await ask(method, path, body)
  expect(answer.status).toBeLessThan(300)
  return (await answer.json()) as Told
}

test('HISTORY-13: what is replaced is kept first, once, and the answer says where', async () => {
  expect(await told('PUT', '/content?format=json', { t: 'before' })).toEqual({ changed: true })
  const put = await told('PUT', '/content?format=json', { t: 'after' })
  expect(put.changed).toBe(true)
  const kept = await told('GET', `/versions/${put.version}`)
  expect(kept).toMatchObject({ kind: 'before-replace', authors: [{ id: 'ada', name: 'Ada' }] })
  const content = await told('GET', `/versions/${put.version}/content?format=json`)
  expect(content as unknown).toEqual({ t: 'before' })
  // What a version has already is not kept again.
  const { id } = await told('POST', '/versions', { name: 'mine' })
  const patch = await told('PATCH', '/content', { root: 't', format: 'text', replace: 'last' })
  expect(patch).toEqual({ changed: true, version: id ?? '' })
  const same = await told('PUT', '/content?format=json', { t: 'last' })
  expect(same).toEqual({ changed: false })
  const appended = await told('PATCH', '/content', { root: 't', format: 'text', append: '!' })
  expect(appended).toEqual({ changed: true })
})

test('HISTORY-13: what is deleted is kept first, and is there when it comes back', async () => {
  await told('PUT', '/content?format=json', { t: 'to be deleted' })
  expect((await ask('DELETE', '', undefined, 'admin')).status).toBe(204)
  expect((await ask('POST', '/undelete', {}, 'admin')).status).toBe(200)
  const { versions } = await told('GET', '/versions')
  expect(versions?.map(({ kind }) => kind)).toEqual(['before-delete'])
})
