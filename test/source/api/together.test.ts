import { expect, test } from 'bun:test'
import { anonymous } from '../../../src/auth/anonymous.ts'
import { startServer } from '../../support/harness/server.ts'

test('API-13: of those who make a document at once one does, the others change it', async () => {
  const server = startServer({}, undefined, { authority: anonymous('admin') })
  const put = async (root: string, headers: Record<string, string> = {}): Promise<number> => {
    const url = `${server.http}/api/v1/documents/new/content?format=text&root=${root}`
    return (await fetch(url, { method: 'PUT', body: root, headers })).status
  }
  const only = { 'if-none-match': '*' }
  const statuses = await Promise.all(
    ['a', 'b', 'c', 'd'].map((root, at) => put(root, at === 3 ? only : {})),
  )
  expect(statuses.filter((status) => status === 201)).toHaveLength(1)
  expect(statuses.slice(0, 3).every((status) => status === 200 || status === 201)).toBe(true)
  expect([201, 412]).toContain(statuses[3] ?? 0)
  const read = await fetch(`${server.http}/api/v1/documents/new/content?format=json`)
  expect(await read.json()).toMatchObject({ a: 'a', b: 'b', c: 'c' })
  await server.stop()
})
