import { expect, test } from 'bun:test'
import type { Frame } from '../../../../src/protocol/frame.ts'
import { connectHocuspocus } from '../../../support/harness/hocuspocus.ts'
import { RawClient } from '../../../support/harness/raw-client.ts'
import { startServer } from '../../../support/harness/server.ts'
import { until } from '../../../support/harness/wait.ts'

const messages = (heard: readonly Frame[]): readonly string[] =>
  heard.flatMap((frame) => (frame.kind === 'message' ? frame.text : []))

test('RELAY-15: who asked with messages=1 hears and says them, and nobody else does', async () => {
  const said: string[] = []
  const server = startServer({ deny_delay_ms: 20 }, undefined, {
    onStateless({ broadcast, document, reply, text }) {
      said.push(`${document}: ${text}`)
      reply(`${text}?`)
      broadcast(`${text}!`)
    },
  })
  const asking = await (await RawClient.connect(`${server.url}/ws/d?messages=1`)).open()
  const plain = await (await RawClient.connect(`${server.url}/ws/d`)).open()
  const other = connectHocuspocus(4, server.url, 'd')
  const heard: string[] = []
  other.provider.on('stateless', ({ payload }: { payload: string }) => void heard.push(payload))
  await until('it is in', () => other.provider.synced)
  // One that has not opened the document yet is on no topic, and is told all the same.
  const early = await RawClient.connect(`${server.url}/ws/d?messages=1`)
  await until('all are in', async () => {
    const told = await fetch(`${server.http}/api/v1/documents/d/sessions`)
    const { sessions } = (await told.json()) as { sessions: readonly unknown[] }
    return sessions.length === 4
  })
  asking.say({ kind: 'message', text: 'hi' })
  await until('it was answered', () => messages(asking.heard).length === 2)
  expect(messages(asking.heard)).toEqual(['hi?', 'hi!'])
  expect(said).toEqual(['d: hi'])
  await until('the others hear it', () => heard.length === 1 && messages(early.heard).length === 1)
  expect(heard).toEqual(['hi!'])
  const answer = await fetch(`${server.http}/api/v1/documents/d/broadcast`, {
    method: 'POST',
    body: JSON.stringify({ message: 'to all' }),
  })
  expect(await answer.json()).toEqual({ sessions: 3 })
  await until('they are told', () =>
    [messages(asking.heard), messages(early.heard), heard].every((one) => one.includes('to all')),
  )
  await plain.settled()
  expect(messages(plain.heard)).toEqual([])
  plain.say({ kind: 'message', text: 'no' })
  expect((await plain.closes()).code).toBe(4400)
  expect(said).toEqual(['d: hi'])
  for (const client of [asking, early]) client.close()
  other.end()
  await server.stop()
})
