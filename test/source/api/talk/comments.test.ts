import { afterEach, beforeEach, expect, test } from 'bun:test'
import * as Y from 'yjs'
import { anonymous } from '../../../../src/auth/anonymous.ts'
import { connectHocuspocus } from '../../../support/harness/hocuspocus.ts'
import { connect, synced } from '../../../support/harness/provider.ts'
import { startServer } from '../../../support/harness/server.ts'
import { until } from '../../../support/harness/wait.ts'
import { type ChatStage, chatStage } from '../../chat/stage.ts'

let stage: ChatStage

beforeEach(async () => {
  stage = await chatStage()
  await stage.ask('ada', 'write', 'PUT', 'doc/content?format=json', { t: 'the words' })
})
afterEach(() => stage.server.stop())

const anchor = { root: 't', quote: 'words', prefix: 'the ', suffix: '' }

interface Thread {
  readonly id: string
  readonly comments: readonly { readonly id: string }[]
}

async function begun(id = 'bob', text = 'Which?'): Promise<Thread> {
  const { body, status } = await stage.ask(id, 'comment', 'POST', 'doc/comments', { anchor, text })
  expect(status).toBe(201)
  return body as unknown as Thread
}

async function listed(): Promise<readonly Record<string, unknown>[]> {
  const { body } = await stage.ask('ada', 'read', 'GET', 'doc/comments')
  return body['threads'] as Record<string, unknown>[]
}

function firstOf({ comments, id }: Thread): string {
  return `doc/comments/${id}/${comments[0]?.id}`
}

test('COMMENT-1: who may read a document sees its comments come, and writes none', async () => {
  const name = 'doc::comments'
  const token = await stage.token('ada', 'write', 'doc')
  const ada = connect(`${stage.server.url}/ws`, name, new Y.Doc(), { token })
  await synced(ada)
  const hocuspocus = connectHocuspocus(4, stage.server.url, name, {
    token: await stage.token('eve', 'read', 'doc'),
  })
  const thread = await begun()
  const threads = (document: Y.Doc) => document.getMap('threads')
  await until('both see it', () =>
    [ada, hocuspocus].every(({ document }) => threads(document).has(thread.id)),
  )
  threads(ada.document).delete(thread.id)
  ada.document.getMap('threads').set('mine', 'forged')
  await stage.ask('bob', 'comment', 'POST', `doc/comments/${thread.id}`, { text: 'and so on' })
  await until('the answer is there', () => {
    const there = threads(hocuspocus.document).get(thread.id)
    return there instanceof Y.Map && (there.get('comments') as Y.Array<unknown>).length === 2
  })
  expect(await listed()).toMatchObject([{ id: thread.id, comments: [{}, {}] }])
  expect(threads(hocuspocus.document).has('mine')).toBe(false)
  const path = `${encodeURIComponent(name)}/content?format=json`
  for (const asker of ['ada', 'the operator']) {
    const bearer = asker === 'ada' ? await stage.token('ada', 'admin') : asker
    const answer = await fetch(`${stage.server.http}/api/v1/documents/${path}`, {
      method: 'PUT',
      headers: { authorization: `Bearer ${bearer}`, 'content-type': 'application/json' },
      body: '{"threads":{}}',
    })
    expect(answer.status).toBe(403)
  }
  ada.end()
  hocuspocus.end()
})

test('COMMENT-2: threads are begun, answered, resolved and reacted to over HTTP', async () => {
  const thread = await begun()
  expect(thread).toMatchObject({
    anchor,
    by: { id: 'bob', name: 'BOB', color: null },
    resolved: null,
    comments: [{ text: 'Which?', mentions: [], reactions: [], by: { id: 'bob' } }],
  })
  const path = `doc/comments/${thread.id}`
  const answer = { text: 'These.', mentions: ['bob'] }
  const replied = await stage.ask('ada', 'write', 'POST', path, answer)
  expect(replied).toMatchObject({ status: 201, body: { ...answer, by: { id: 'ada' } } })
  const thumb = `${firstOf(thread)}/reactions/${encodeURIComponent('👍🏽')}`
  for (const person of ['ada', 'eve', 'eve']) {
    expect((await stage.ask(person, 'comment', 'PUT', thumb)).status).toBe(200)
  }
  expect(await stage.ask('eve', 'comment', 'DELETE', thumb)).toMatchObject({
    body: { reactions: [{ emoji: '👍🏽', by: [{ id: 'ada' }] }] },
  })
  const changed = await stage.ask('bob', 'comment', 'PATCH', firstOf(thread), {
    text: 'Which one?',
  })
  expect(changed).toMatchObject({ status: 200, body: { text: 'Which one?' } })
  expect(changed.body['edited']).toBeString()
  const resolved = await stage.ask('ada', 'write', 'PATCH', path, { resolved: true })
  expect(resolved).toMatchObject({ status: 200, body: { resolved: { by: { id: 'ada' } } } })
  for (const [query, count] of [
    ['resolved=true', 1],
    ['resolved=false', 0],
  ] as const) {
    const { body } = await stage.ask('ada', 'read', 'GET', `doc/comments?${query}`)
    expect(body['threads']).toHaveLength(count)
  }
  await stage.ask('ada', 'write', 'PATCH', path, { resolved: false })
  expect(await listed()).toMatchObject([{ resolved: null, comments: [{}, { text: 'These.' }] }])
})

test('COMMENT-3: a request has no word in who wrote, but where nobody is asked', async () => {
  const by = { id: 'eve', name: 'Eve' }
  const forged = await stage.ask('bob', 'comment', 'POST', 'doc/comments', {
    anchor,
    text: 'x',
    by,
  })
  expect(forged.status).toBe(400)
  expect(await listed()).toEqual([])
  const server = startServer({}, undefined, { authority: anonymous('write') })
  const url = `${server.http}/api/v1/documents/open`
  const send = { method: 'POST', headers: { 'content-type': 'application/json' } }
  await fetch(`${url}/content?format=text&root=t`, { method: 'PUT', body: 'the words' })
  const body = JSON.stringify({ anchor, text: 'x', by })
  const answer = await fetch(`${url}/comments`, { ...send, body })
  expect(await answer.json()).toMatchObject({ by: { id: 'eve', name: 'Eve', color: null } })
  await server.stop()
})

test('COMMENT-4: each may do what their access says, with what is theirs', async () => {
  const thread = await begun()
  const path = `doc/comments/${thread.id}`
  const statuses = async (wanted: readonly (readonly [string, number])[]): Promise<void> => {
    for (const [asked, status] of wanted) {
      const [who = '', access = '', method = '', what = ''] = asked.split(' ')
      const body = method === 'POST' ? { text: 'y', anchor } : { text: 'y' }
      const sent = what.endsWith('!') ? { resolved: true } : method === 'DELETE' ? {} : body
      const target = what.replace('!', '')
      const at = target === 'first' ? firstOf(thread) : target === 'thread' ? path : target
      const got = await stage.ask(who, access as 'read', method, at, sent)
      expect(`${asked} ${got.status}`).toBe(`${asked} ${status}`)
    }
  }
  await statuses([
    ['eve read POST doc/comments', 403],
    ['eve comment PUT doc/content?format=text&root=t', 403],
    ['eve comment PATCH first', 403],
    ['ada admin PATCH first', 403],
    ['eve comment DELETE first', 403],
    ['ada write DELETE first', 403],
    ['eve comment PATCH thread!', 403],
    ['bob comment PATCH thread!', 200],
    ['ada write PATCH thread!', 200],
    ['bob comment PATCH first', 200],
    ['ada admin DELETE first', 204],
    ['bob comment PATCH first', 404],
    ['eve comment POST none/comments', 404],
  ])
  expect(await listed()).toEqual([])
})

test('COMMENT-5: a deleted comment stays where others answered, the last takes all', async () => {
  const thread = await begun()
  const path = `doc/comments/${thread.id}`
  const { body } = await stage.ask('ada', 'comment', 'POST', path, { text: 'These.' })
  expect((await stage.ask('bob', 'comment', 'DELETE', firstOf(thread))).status).toBe(204)
  expect(await listed()).toMatchObject([
    { comments: [{ deleted: true, text: '' }, { text: 'These.' }] },
  ])
  expect(
    (await stage.ask('ada', 'comment', 'DELETE', `${path}/${String(body['id'])}`)).status,
  ).toBe(204)
  expect(await listed()).toEqual([])
})

test('COMMENT-6: comments share their document’s fate and are told of nowhere else', async () => {
  await begun()
  const headers = { authorization: 'Bearer the operator' }
  const list = await fetch(`${stage.server.http}/api/v1/documents`, { headers })
  expect(await list.json()).toMatchObject({ documents: [{ name: 'doc' }] })
  const { body: clone } = await stage.ask('ada', 'write', 'POST', 'doc/clone', { name: 'copy' })
  expect(clone).toMatchObject({ name: 'copy' })
  expect((await stage.ask('ada', 'read', 'GET', 'copy/comments')).body['threads']).toEqual([])
  await stage.ask('ada', 'admin', 'DELETE', 'doc')
  expect((await stage.ask('ada', 'read', 'GET', 'doc/comments')).status).toBe(404)
  await stage.ask('ada', 'admin', 'POST', 'doc/undelete')
  expect(await listed()).toHaveLength(1)
  await stage.ask('ada', 'admin', 'DELETE', 'doc')
  await stage.ask('ada', 'admin', 'POST', 'doc/purge')
  await stage.ask('ada', 'write', 'PUT', 'doc/content?format=json', { t: 'anew' })
  expect(await listed()).toEqual([])
  const events = await fetch(`${stage.server.http}/api/v1/events`, { headers })
  expect(await events.text()).not.toContain('::comments')
})

test('COMMENT-7: what is too long, too much or half a character changes nothing', async () => {
  await stage.server.stop()
  stage = await chatStage({ comment_threads_max: 2, comments_in_thread_max: 2 })
  await stage.ask('ada', 'write', 'PUT', 'doc/content?format=json', { t: 'the words' })
  const thread = await begun()
  await begun()
  const post = (path: string, body: object) => stage.ask('bob', 'comment', 'POST', path, body)
  const path = `doc/comments/${thread.id}`
  const full = { status: 409, body: { code: 'too-many-comments' } }
  expect(await post('doc/comments', { anchor, text: 'x' })).toMatchObject(full)
  expect((await post(path, { text: 'x' })).status).toBe(201)
  expect(await post(path, { text: 'x' })).toMatchObject(full)
  for (const [body, status] of [
    [{ anchor, text: 'x'.repeat(10_001) }, 413],
    [{ anchor, text: ' ' }, 400],
    [{ anchor, text: '\ud800' }, 400],
    [{ anchor: { ...anchor, quote: 'x'.repeat(1_001) }, text: 'x' }, 400],
    [{ anchor: { ...anchor, more: 1 }, text: 'x' }, 400],
    [{ anchor, text: 'x', mentions: Array.from({ length: 51 }, () => 'ada') }, 400],
  ] as const) {
    expect((await post('doc/comments', body)).status).toBe(status)
  }
  const reactions = `${firstOf(thread)}/reactions`
  for (const emoji of ['x', '👍👍', '', '%20']) {
    const { status } = await stage.ask('bob', 'comment', 'PUT', `${reactions}/${emoji}`)
    expect([400, 404]).toContain(status)
  }
  expect(await listed()).toMatchObject([{ comments: [{ reactions: [] }, {}] }, {}])
})

test('COMMENT-8: what is said and done with is told with it, once', async () => {
  const thread = await begun()
  const path = `doc/comments/${thread.id}`
  const answer = { text: 'These.', mentions: ['bob'] }
  const { body } = await stage.ask('ada', 'write', 'POST', path, answer)
  await stage.ask('ada', 'write', 'POST', `${path}x`, answer)
  await stage.ask('eve', 'comment', 'PATCH', path, { resolved: true })
  await stage.ask('ada', 'write', 'PATCH', path, { resolved: true })
  await stage.ask('ada', 'write', 'PATCH', path, { resolved: true })
  await stage.ask('ada', 'write', 'PATCH', path, { resolved: false })
  const url = `${stage.server.http}/api/v1/events?document=doc`
  const headers = { authorization: 'Bearer the operator' }
  const events = await fetch(`${url}&types=comment.created,comment.resolved`, { headers })
  const bob = { id: 'bob', name: 'BOB', color: null }
  const ada = { id: 'ada', name: 'ADA', color: null }
  const about = { document: 'doc', data: { thread: thread.id } }
  const [first] = thread.comments
  expect(await events.json()).toMatchObject({
    events: [
      {
        type: 'comment.created',
        document: 'doc',
        data: { ...about.data, comment: first?.id, by: bob, mentions: [] },
      },
      {
        type: 'comment.created',
        document: 'doc',
        data: { ...about.data, comment: body['id'], by: ada, mentions: ['bob'] },
      },
      { type: 'comment.resolved', document: 'doc', data: { ...about.data, by: ada } },
    ],
  })
})
