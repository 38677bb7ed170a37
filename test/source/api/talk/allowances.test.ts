import { afterEach, expect, test } from 'bun:test'
import { createMemoryStore } from '../../../../persistence/memory/store.ts'
import { shownClock } from '../../../support/fakes/clock.ts'
import { type ChatStage, chatStage } from '../../chat/stage.ts'

let stage: ChatStage

afterEach(() => stage.server.stop())

const anchor = { root: 't', quote: 'words' }

test('COMMENT-10: who writes too much in a short time waits, and others do not', async () => {
  const clock = shownClock()
  const limits = { chat_posts_burst_max: 3, chat_posts_per_second_max: 1 }
  stage = await chatStage(limits, createMemoryStore(), undefined, clock)
  await stage.ask('ada', 'write', 'PUT', 'doc/content?format=json', { t: 'the words' })
  const comment = (id: string) =>
    stage.ask(id, 'comment', 'POST', 'doc/comments', { anchor, text: 'x' })
  const message = (id: string) => stage.ask(id, 'comment', 'POST', 'doc/chat', { text: 'x' })
  const answers = await Promise.all([message('ada'), ...[1, 2, 3].map(() => comment('ada'))])
  const statuses = answers.map(({ status }) => status)
  expect(statuses.filter((status) => status === 201)).toHaveLength(3)
  const late = answers.find(({ status }) => status !== 201)
  expect(late).toMatchObject({ status: 429, body: { code: 'messages-too-fast' } })
  expect((await message('ada')).status).toBe(429)
  expect((await stage.ask('ada', 'comment', 'GET', 'doc/comments')).status).toBe(200)
  expect((await comment('bob')).status).toBe(201)
  clock.pass(1_000)
  expect((await comment('ada')).status).toBe(201)
})

test('COMMENT-10: the operator is not counted', async () => {
  stage = await chatStage({ chat_posts_burst_max: 1, chat_posts_per_second_max: 1 })
  for (let round = 0; round < 4; round++) {
    const { status } = await stage.ask('operator', 'admin', 'POST', 'doc/chat', { text: 'x' })
    expect(status).toBe(201)
  }
})
