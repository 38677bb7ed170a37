import { expect, test } from 'bun:test'
import * as Y from 'yjs'
import { streamOf } from '../../../src/api/read-content.ts'
import { UpdateParts } from '../../../src/update/section.ts'
import { startServer } from '../../support/harness/server.ts'

test('CONTENT-9: an update goes out in pieces, of which those that are read are made', async () => {
  const large = crypto.getRandomValues(new Uint8Array(60_000))
  const parts = Array.from({ length: 500 }, (_, at) => large.subarray(at, large.length - at))
  const content = new UpdateParts([...parts, Uint8Array.of(1, 2, 3)])
  const reader = streamOf(content).getReader()
  const pieces: Uint8Array[] = []
  for (;;) {
    const { done, value } = await reader.read()
    if (done) break
    pieces.push(value)
  }
  expect(Math.max(...pieces.map(({ length }) => length))).toBe(64 * 1_024)
  expect(Buffer.concat(pieces).equals(Buffer.from(content.bytes()))).toBe(true)
  // Nothing is taken ahead of a reader that does not read.
  let taken = 0
  const watched = {
    byteLength: content.byteLength,
    bytes: () => content.bytes(),
    get parts() {
      return counted(content.parts, () => taken++)
    },
  } as unknown as UpdateParts
  const slow = streamOf(watched).getReader()
  await slow.read()
  await Bun.sleep(1)
  expect(taken).toBeLessThan(6)
  await slow.cancel()
})

function counted<Item>(items: readonly Item[], take: () => void): Iterable<Item> {
  return {
    *[Symbol.iterator]() {
      for (const item of items) {
        take()
        yield item
      }
    },
  }
}

test('CONTENT-9: a document too large to be converted is told, tagged and read', async () => {
  const server = startServer({ fold_memory_bytes_max: 1024 * 1024 })
  const document = new Y.Doc()
  document.getText('t').insert(0, 'x'.repeat(600_000))
  const path = `${server.http}/api/v1/documents/large`
  const put = (headers: Record<string, string>): Promise<Response> =>
    fetch(`${path}/content`, {
      method: 'PUT',
      headers,
      body: new Uint8Array(Y.encodeStateAsUpdate(document)),
    })
  expect((await put({})).status).toBe(201)
  document.getText('t').insert(0, 'more')
  const told = await fetch(path)
  const tag = told.headers.get('etag') ?? ''
  expect([told.status, await told.json()]).toMatchObject([200, { name: 'large', roots: [] }])
  const read = await fetch(`${path}/content`)
  expect([read.status, read.headers.get('etag')]).toEqual([200, tag])
  expect((await put({ 'if-match': tag })).status).toBe(200)
  expect((await put({ 'if-match': tag })).status).toBe(412)
  const now = new Y.Doc()
  Y.applyUpdate(now, await (await fetch(`${path}/content`)).bytes())
  expect(now.getText('t').toString()).toBe(document.getText('t').toString())
  expect((await fetch(`${path}/content?format=text`)).status).toBe(413)
  await server.stop()
})
