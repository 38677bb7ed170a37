import { expect, test } from 'bun:test'
import type { Batch } from '../../../../persistence/batch.ts'
import type { Appended } from '../../../../persistence/store.ts'
import { DelegatingStore } from '../../../support/fakes/delegating-store.ts'
import { SharedDatabase } from '../../../support/fakes/shared-store.ts'
import { until } from '../../../support/harness/wait.ts'
import { type ChatStage, chatStage } from '../../chat/stage.ts'

/** One server's way to a store that others use as well, on which what it writes may be late. */
class LateStore extends DelegatingStore {
  readonly isShared = true
  waiting = 0
  #gate: PromiseWithResolvers<void> | undefined

  hold(): void {
    this.#gate = Promise.withResolvers()
  }

  release(): void {
    this.#gate?.resolve()
    this.#gate = undefined
  }

  override async append(batch: Batch): Promise<readonly Appended[]> {
    this.waiting++
    await this.#gate?.promise
    this.waiting--
    return super.append(batch)
  }

  override async close(): Promise<void> {
    this.release()
  }
}

const anchor = { root: 't', quote: 'words' }
const longMs = 60_000

/** Two servers, and a thread of bob's on a document that both have. */
async function twoServers() {
  const database = new SharedDatabase()
  const late = new LateStore(database)
  const stages: readonly [ChatStage, ChatStage] = [
    await chatStage({ heads_poll_ms: 50 }, late),
    await chatStage({ heads_poll_ms: 50 }, database.opened()),
  ]
  const [here, there] = stages
  await here.ask('ada', 'write', 'PUT', 'doc/content?format=json', { t: 'the words' })
  const begun = await here.ask('bob', 'comment', 'POST', 'doc/comments', { anchor, text: 'x' })
  const thread = begun.body as { readonly id: string; readonly comments: { readonly id: string }[] }
  const path = `doc/comments/${thread.id}`
  const texts = async (stage: ChatStage): Promise<readonly string[]> => {
    const { body } = await stage.ask('ada', 'read', 'GET', 'doc/comments')
    const threads = body['threads'] as { readonly comments: { readonly text: string }[] }[]
    return threads.flatMap(({ comments }) => comments.map(({ text }) => text))
  }
  const stop = async (): Promise<void> => {
    for (const { server } of stages) await server.stop()
  }
  return { here, there, late, path, first: `${path}/${thread.comments[0]?.id}`, texts, stop }
}

test(
  'COMMENT-14: an answer that one server took is there when another deletes the last comment',
  async () => {
    const { first, here, late, path, stop, texts, there } = await twoServers()
    late.hold()
    const deleted = here.ask('bob', 'comment', 'DELETE', first)
    await until('the delete is on its way to the store', () => late.waiting > 0)
    const answer = await there.ask('ada', 'comment', 'POST', path, { text: 'an answer' })
    expect(answer.status).toBe(201)
    late.release()
    expect((await deleted).status).toBe(204)
    for (const stage of [here, there]) {
      await until('both show the answer alone', async () => {
        const shown = await texts(stage)
        return shown.length === 1 && shown[0] === 'an answer'
      })
    }
    await stop()
  },
  longMs,
)

test(
  'COMMENT-14: and where nobody answered, the thread is gone on both',
  async () => {
    const { first, here, path, stop, texts, there } = await twoServers()
    expect((await here.ask('bob', 'comment', 'DELETE', first)).status).toBe(204)
    for (const stage of [here, there]) {
      await until('it is shown to nobody', async () => (await texts(stage)).length === 0)
      const late = await stage.ask('ada', 'comment', 'POST', path, { text: 'late' })
      expect(late).toMatchObject({ status: 404, body: { code: 'no-such-comment' } })
    }
    await stop()
  },
  longMs,
)
