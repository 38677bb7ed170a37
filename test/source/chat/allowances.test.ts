import { afterEach, beforeEach, expect, test } from 'bun:test'
import { createMemoryStore } from '../../../persistence/memory/store.ts'
import { shownClock } from '../../support/fakes/clock.ts'
import { until } from '../../support/harness/wait.ts'
import { type ChatStage, chatStage, type Talker } from './stage.ts'

let stage: ChatStage
let clock: ReturnType<typeof shownClock>

const burst = 5

beforeEach(async () => {
  clock = shownClock()
  const limits = { chat_posts_burst_max: burst, chat_posts_per_second_max: 1 }
  stage = await chatStage(limits, createMemoryStore(), undefined, clock)
})
afterEach(() => stage.server.stop())

const tooFast = 'messages-too-fast'

/** How much of what somebody said was turned away; all of it was answered when this is asked. */
function refused(talker: Talker): number {
  return talker.told('error').filter(({ kind }) => kind === tooFast).length
}

async function texts(): Promise<readonly unknown[]> {
  const { body } = await stage.ask('operator', 'admin', 'GET', 'doc/chat?limit=100')
  return body['messages'] as readonly unknown[]
}

test('CHAT-17: who leaves and comes back again and again may say no more for it', async () => {
  const ada = await stage.talker('ada', 'write')
  for (let round = 0; round < 10; round++) {
    ada.say({ type: 'join' })
    ada.say({ type: 'post', text: `${round}` })
    ada.say({ type: 'leave' })
  }
  // Five of joins and posts together; who was not let in is in no room to speak or leave.
  await until('the last was answered', () => ada.told('error').length >= 10)
  expect(ada.told('joined').length + ada.told('sent').length).toBe(burst)
  expect(await texts()).toHaveLength(ada.told('sent').length)
  clock.pass(5_000)
  const eve = await stage.talker('eve', 'write')
  eve.say({ type: 'join' })
  await eve.hears('joined')
})

test('CHAT-17: typing without end is told to nobody, and costs what a message does', async () => {
  const [ada, bob] = [await stage.talker('ada', 'write'), await stage.talker('bob', 'read')]
  for (const one of [ada, bob]) {
    one.say({ type: 'join' })
    await one.hears('joined')
  }
  for (let round = 0; round < 100; round++) ada.say({ type: 'typing', on: round % 2 === 0 })
  await until('all was answered', () => refused(ada) === 100 - (burst - 1))
  expect(bob.told('typing').length).toBeLessThanOrEqual(burst - 1)
})

test('CHAT-17: a person on several connections and over HTTP is one', async () => {
  const talkers = await Promise.all(
    Array.from({ length: 4 }, (_, index) =>
      index % 2 === 0 ? stage.talker('ada', 'write') : stage.hocuspocus('ada', 'write'),
    ),
  )
  for (const one of talkers) {
    one.say({ type: 'join' })
    await one.hears('joined')
  }
  for (const one of talkers) for (const text of ['a', 'b', 'c']) one.say({ type: 'post', text })
  const answers = (): number =>
    talkers.reduce((sum, one) => sum + one.told('sent').length + refused(one), 0)
  await until('all were answered', () => answers() === 12)
  expect(await texts()).toHaveLength(burst)
  const late = await stage.ask('ada', 'write', 'POST', 'doc/chat', { text: 'd' })
  expect(late).toMatchObject({ status: 429, body: { code: tooFast } })
  const bob = await stage.ask('bob', 'write', 'POST', 'doc/chat', { text: 'e' })
  expect(bob.status).toBe(201)
})
