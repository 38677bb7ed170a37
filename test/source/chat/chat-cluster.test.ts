import { afterEach, beforeEach, expect, test } from 'bun:test'
import type { Limits } from '../../../src/base/limits/limits.ts'
import { decodeMessage } from '../../../src/cluster/messages.ts'
import { BusNetwork, type LocalBus } from '../../support/fakes/bus.ts'
import { SharedDatabase } from '../../support/fakes/shared-store.ts'
import { until } from '../../support/harness/wait.ts'
import { type ChatStage, chatStage, type Talker } from './stage.ts'

/** So seldom that whatever comes has come over the bus. */
const seldom = { heads_poll_ms: 60_000, heads_check_ms: 60_000 } as const

let database: SharedDatabase
let network: BusNetwork
let stages: ChatStage[]

beforeEach(() => {
  database = new SharedDatabase()
  network = new BusNetwork()
  stages = []
})
afterEach(async () => {
  for (const { server } of stages) await server.stop()
})

interface Member extends ChatStage {
  readonly bus: LocalBus
}

async function serverOf(limits: Partial<Limits> = seldom): Promise<Member> {
  const bus = network.bus()
  const stage = await chatStage(limits, database.opened(), bus)
  stages.push(stage)
  return { ...stage, bus }
}

async function joined(talker: Talker): Promise<Talker> {
  talker.say({ type: 'join' })
  await talker.hears('joined')
  return talker
}

/** What was shown of messages, in the order in which it was. */
function shown(talker: Talker): readonly string[] {
  return talker.told().flatMap(({ message, type }) => {
    if (type !== 'message' && type !== 'changed') return []
    const { seq, text } = message as { readonly seq: number; readonly text: string }
    return [`${seq} ${text}`]
  })
}

test('CLUSTER-15: a message crosses as soon as it is stored, and so do its changes', async () => {
  const [a, b] = [await serverOf(), await serverOf()]
  const ada = await joined(await a.talker('ada', 'write'))
  const bob = await joined(await b.hocuspocus('bob', 'write'))
  ada.say({ type: 'post', text: 'one', nonce: 'n' })
  expect(await bob.hears('message')).toMatchObject({ nonce: 'n', message: { by: { id: 'ada' } } })
  bob.say({ type: 'post', text: 'two' })
  await ada.hears('message', 2)
  ada.say({ type: 'edit', seq: 1, text: 'uno' })
  await bob.hears('changed')
  // Posted where nobody is in the room.
  const c = await serverOf()
  await c.ask('eve', 'write', 'POST', 'doc/chat', { text: 'x'.repeat(40) })
  await ada.hears('message', 3)
  await bob.hears('message', 3)
  const all = ['1 one', '2 two', '1 uno', `3 ${'x'.repeat(40)}`]
  expect([shown(ada), shown(bob)]).toEqual([all, all])
})

test('CLUSTER-15: nothing is said of a message before it is stored', async () => {
  const said: string[] = []
  const { hand } = network
  network.hand = (channel, bytes) => {
    const message = decodeMessage(bytes)?.message
    if (message?.kind === 'chat') said.push(message.text)
    hand.call(network, channel, bytes)
  }
  const { messages } = database
  if (messages === undefined) throw new Error('no messages')
  const release = Promise.withResolvers<void>()
  const post = messages.post.bind(messages)
  messages.post = async (...given) => {
    await release.promise
    return post(...given)
  }
  const a = await serverOf()
  const ada = await joined(await a.talker('ada', 'write'))
  ada.say({ type: 'post', text: 'waits' })
  ada.say({ type: 'typing', on: true })
  await ada.hears('typing')
  expect(said.join()).not.toContain('waits')
  release.resolve()
  await ada.hears('sent')
  await until('said', () => said.join().includes('waits'))
})

test('CLUSTER-15: what a bus loses, doubles or delays comes once and in order', async () => {
  let turn = 0
  network.fate = () => ([0, 1, 2, 1, 0] as const)[turn++ % 5] ?? 1
  const limits = { heads_check_ms: 100, chat_posts_burst_max: 1_000, chat_typing_ms: 5_000 }
  const [a, b] = [await serverOf(limits), await serverOf(limits)]
  const ada = await joined(await a.talker('ada', 'write'))
  const bob = await joined(await b.talker('bob', 'write'))
  const rounds = 60
  for (let round = 0; round < rounds; round++) {
    const one = round % 2 === 0 ? ada : bob
    one.say({ type: 'post', text: `${round}`, nonce: `${round}` })
    if (round % 7 === 0) await Bun.sleep(2)
  }
  await ada.hears('message', rounds)
  await bob.hears('message', rounds)
  const numbers = (talker: Talker) => shown(talker).map((line) => Number(line.split(' ')[0]))
  const all = Array.from({ length: rounds }, (_, index) => index + 1)
  expect(numbers(ada)).toEqual(all)
  expect(shown(bob)).toEqual(shown(ada))
})

test('CLUSTER-15: without a bus the store is asked, also for what was changed', async () => {
  const limits = { heads_poll_ms: 50 }
  const [a, b] = [await serverOf(limits), await serverOf(limits)]
  const ada = await joined(await a.talker('ada', 'write'))
  const bob = await joined(await b.talker('bob', 'write'))
  a.bus.cut()
  b.bus.cut()
  ada.say({ type: 'post', text: 'one' })
  await bob.hears('message')
  ada.say({ type: 'edit', seq: 1, text: 'uno' })
  await bob.hears('changed')
  ada.say({ type: 'delete', seq: 1 })
  await bob.hears('changed', 2)
  expect(shown(bob)).toEqual(['1 one', '1 uno', '1 '])
})

test('CLUSTER-15: a store that could not be read is asked again before the next look', async () => {
  // Too long for the bus, so that the other server has to read it.
  const text = 'x'.repeat(40_000)
  const limits = { ...seldom, chat_text_characters_max: text.length }
  const [a, b] = [await serverOf(limits), await serverOf(limits)]
  const ada = await joined(await a.talker('ada', 'write'))
  const bob = await joined(await b.talker('bob', 'write'))
  const { messages } = database
  if (messages === undefined) throw new Error('no messages')
  const since = messages.since.bind(messages)
  let failed = 0
  messages.since = async (...given) => {
    if (failed++ === 0) throw new Error('The test has cut it.')
    return since(...given)
  }
  ada.say({ type: 'post', text })
  await bob.hears('message')
  expect([shown(bob), failed]).toEqual([[`1 ${text}`], 2])
})

test('CLUSTER-15: what is posted again after a lost receipt is shown once', async () => {
  const [a, b] = [await serverOf(), await serverOf()]
  const ada = await joined(await a.talker('ada', 'write'))
  const bob = await joined(await b.talker('bob', 'write'))
  ada.say({ type: 'post', text: 'once', nonce: 'n' })
  await ada.hears('sent')
  ada.end()
  const again = await joined(await b.talker('ada', 'write'))
  again.say({ type: 'post', text: 'once', nonce: 'n' })
  expect(await again.hears('sent')).toMatchObject({ seq: 1 })
  again.say({ type: 'post', text: 'twice' })
  await bob.hears('message', 2)
  expect(shown(bob)).toEqual(['1 once', '2 twice'])
})

test('CLUSTER-16: who is in a room and types is seen on all servers, and goes', async () => {
  const [a, b] = [await serverOf({ ...seldom, server_silence_ms_max: 2_000 }), await serverOf()]
  const ada = await joined(await a.talker('ada', 'write'))
  const bob = await joined(await b.hocuspocus('bob', 'write'))
  const count = (talker: Talker) => talker.told('members').at(-1)?.['count']
  await until('Ada sees both', () => count(ada) === 2)
  await until('Bob sees both', () => count(bob) === 2)
  const late = await joined(await a.talker('eve', 'read'))
  const { count: all, members } = await late.hears('joined')
  expect(all).toBe(3)
  const numbers = (members as { member: number }[]).map(({ member }) => member)
  expect(new Set(numbers).size).toBe(3)
  bob.say({ type: 'typing', on: true })
  const typing = await ada.hears('typing')
  expect(typing).toMatchObject({ on: true, user: { id: 'bob' } })
  expect(numbers).toContain(typing['member'] as number)
  bob.end()
  expect(await ada.hears('typing', 2)).toMatchObject({ on: false, user: { id: 'bob' } })
  const gone = () => ada.told('members').flatMap(({ left }) => left as readonly unknown[])
  await until('Bob is gone', () => gone().includes(typing['member']))
  expect(count(ada)).toBe(2)
  const dan = await joined(await b.talker('dan', 'write'))
  await until('Dan is there', () => count(ada) === 3)
  // As if his server was killed.
  b.bus.isUp = false
  await until('Dan is gone', () => count(ada) === 2)
  dan.end()
})

test('CLUSTER-16: who types as soon as they are in the room is seen to', async () => {
  const [a, b] = [await serverOf(), await serverOf({ ...seldom, chat_news_ms: 60_000 })]
  const ada = await joined(await a.talker('ada', 'write'))
  const bob = await b.talker('bob', 'write')
  bob.say({ type: 'join' })
  bob.say({ type: 'typing', on: true })
  expect(await ada.hears('typing')).toMatchObject({ on: true, user: { id: 'bob' } })
})
