import { afterEach, expect, test } from 'bun:test'
import { agents } from '../../../src/mcp/agents.ts'
import { LiveAuthority } from '../../support/fakes/live-authority.ts'
import { startServer, type TestServer } from '../../support/harness/server.ts'
import { type Agent, agentOver } from './stage.ts'

let server: TestServer | undefined
const open: Agent[] = []

afterEach(async () => {
  for (const agent of open.splice(0)) await agent.end()
  await server?.stop()
})

/** A document, and an agent for each of the tokens. */
async function started(authority: LiveAuthority, ...tokens: readonly string[]) {
  server = startServer({}, undefined, { mcp: agents, authority })
  const content = 'the quick fox\nthe slow fox \u{1f98a} and more words behind it'
  await server.ytopic.documents.create({ name: 'notes', content, root: 't' })
  for (const token of tokens) open.push(await agentOver(server.http, token))
  return open
}

test('AGENT-8: an agent comments on words, replies and resolves under its own name', async () => {
  const authority = new LiveAuthority()
  authority.grant('bot', { access: 'comment', who: { id: 'bot', name: 'Bot' } })
  authority.grant('ada', { access: 'write', who: { id: 'ada', name: 'Ada' } })
  const [bot, ada] = await started(authority, 'bot', 'ada')
  const asked = { document: 'notes', quote: 'slow fox', text: 'Is it?', mentions: ['ada'] }
  const begun = await bot?.call('comment_on_text', asked)
  expect(begun).toMatchObject({ isError: false })
  const thread: { id: string } = JSON.parse(begun?.text ?? '')
  expect(thread).toMatchObject({
    by: { id: 'bot', name: 'Bot' },
    anchor: {
      root: 't',
      quote: 'slow fox',
      prefix: 'the quick fox\nthe ',
      suffix: ' \u{1f98a} and more words behind it',
    },
    comments: [{ text: 'Is it?', mentions: ['ada'] }],
  })
  const place = { document: 'notes', thread: thread.id }
  const reply = await ada?.call('reply_to_comment', { ...place, text: 'It is.' })
  expect(JSON.parse(reply?.text ?? '')).toMatchObject({ by: { id: 'ada' }, text: 'It is.' })
  await ada?.call('resolve_comments', place)
  const listed = await bot?.call('list_comments', { document: 'notes', resolved: true })
  expect(JSON.parse(listed?.text ?? '')).toMatchObject({
    threads: [{ resolved: { by: { id: 'ada' } }, comments: [{}, { text: 'It is.' }] }],
  })
  await bot?.call('resolve_comments', { ...place, resolved: false })
  const left = await bot?.call('list_comments', { document: 'notes', resolved: true })
  expect(left?.text.trim()).toBe('{"threads":[]}')
})

test('AGENT-8: without the words, or without the right, nothing is written', async () => {
  const authority = new LiveAuthority()
  authority.grant('bot', { access: 'comment', who: { id: 'bot' } })
  authority.grant('reader', { access: 'read' })
  const [bot, reader] = await started(authority, 'bot', 'reader')
  const comment = async (agent: Agent | undefined, quote: string): Promise<string> => {
    const said = await agent?.call('comment_on_text', { document: 'notes', quote, text: 'x' })
    expect(said?.isError).toBe(true)
    return said?.text ?? ''
  }
  expect(await comment(bot, 'fox')).toContain('more than once')
  expect(await comment(bot, 'wolf')).toContain('does not have these words')
  expect(await comment(reader, 'slow')).toContain('"comment" access')
  const listed = await bot?.call('list_comments', { document: 'notes' })
  expect(listed?.text.trim()).toBe('{"threads":[]}')
})
