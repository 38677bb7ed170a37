import { expect, test } from 'bun:test'
import { freshDirectory, startProcess } from '../../../support/harness/process.ts'

test('COMMENT-9: what was answered is there after kill -9, with its event', async () => {
  const data = await freshDirectory()
  const first = await startProcess(data.path)
  const of = (http: string): string => `${http}/api/v1/documents/doc`
  const send = (url: string, method: string, body: string): Promise<Response> =>
    fetch(url, { method, body, headers: { 'content-type': 'application/json' } })
  const text = '{"t": "the words"}'
  await send(`${of(first.http)}/content?format=json`, 'PUT', text)
  const comment = '{"anchor": {"root": "t", "quote": "words"}, "text": "Which?"}'
  const answers = await Promise.all(
    Array.from({ length: 5 }, () => send(`${of(first.http)}/comments`, 'POST', comment)),
  )
  await first.end('SIGKILL')
  expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 5 }, () => 201))
  const again = await startProcess(data.path)
  const read = await (await fetch(`${of(again.http)}/comments`)).json()
  expect((read as { threads: unknown[] }).threads).toHaveLength(5)
  const url = `${again.http}/api/v1/events?types=comment.created`
  const told = await (await fetch(url)).json()
  expect((told as { events: unknown[] }).events).toHaveLength(5)
  await again.end('SIGTERM')
  await data.remove()
})
