import { afterEach, beforeEach, expect, test } from 'bun:test'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as Y from 'yjs'
import { anonymous } from '../../../src/auth/anonymous.ts'
import { agents } from '../../../src/mcp/agents.ts'
import { LiveAuthority } from '../../support/fakes/live-authority.ts'
import { type Client, connect, synced } from '../../support/harness/provider.ts'
import { startServer, type TestServer } from '../../support/harness/server.ts'
import { until } from '../../support/harness/wait.ts'
import { type Agent, agentOver, agentStarting } from './stage.ts'

const text = { document: 'notes', root: 't' } as const

let folder: string
let server: TestServer | undefined

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ytopic-agent-'))
})
afterEach(async () => {
  await server?.stop()
  server = undefined
  rmSync(folder, { recursive: true })
})

function serverWith(authority?: LiveAuthority, limits = {}): TestServer {
  server = startServer(limits, undefined, { mcp: agents, ...(authority && { authority }) })
  return server
}

/** All that an agent may do with a document, one after the other. */
async function worked(agent: Agent): Promise<void> {
  const { tools } = await agent.client.listTools()
  expect(tools.map(({ name }) => name).toSorted((a, b) => a.localeCompare(b))).toEqual([
    'append_to_document',
    'comment_on_text',
    'compare_versions',
    'create_document',
    'edit_document',
    'keep_version',
    'list_comments',
    'list_documents',
    'list_versions',
    'read_document',
    'reply_to_comment',
    'resolve_comments',
    'restore_version',
    'search_in_document',
  ])
  const content = 'one\ntwo\nthree'
  const made = await agent.call('create_document', { ...text, content, format: 'text' })
  expect(made).toEqual({ text: 'It is on disk.', isError: false })
  expect(await agent.call('create_document', { ...text, content, format: 'text' })).toMatchObject({
    isError: true,
  })
  expect((await agent.call('read_document', { document: 'notes' })).text).toBe(content)
  const { text: kept } = await agent.call('keep_version', { document: 'notes', name: 'first' })
  const { id }: { id: string } = JSON.parse(kept)
  const edits = [{ old_text: 'two', new_text: 'TWO' }]
  expect((await agent.call('edit_document', { ...text, edits })).isError).toBe(false)
  await agent.call('append_to_document', { ...text, text: '\nfour' })
  const found = await agent.call('search_in_document', { ...text, query: 'two' })
  expect(found.text).toBe('2: TWO')
  const versions = await agent.call('list_versions', { document: 'notes' })
  expect(versions.text).toContain('"first"')
  const ends = { document: 'notes', from: id, to: 'now' }
  expect((await agent.call('compare_versions', ends)).text).toContain('"added"')
  await agent.call('restore_version', { document: 'notes', version: id })
  expect((await agent.call('read_document', { document: 'notes' })).text).toBe(content)
  expect((await agent.call('list_documents')).text).toContain('"notes"')
  await agent.end()
}

test('AGENT-1: an agent over HTTP reads, searches, edits, and goes back', async () => {
  server = startServer({}, undefined, { mcp: agents, authority: anonymous('admin') })
  await worked(await agentOver(server.http))
})

test('AGENT-1: so does one that starts ytopic mcp on a data directory', async () => {
  await worked(await agentStarting('--data', join(folder, 'data')))
})

test('MARKUP-6: it writes and reads there as --markup-file says', async () => {
  const file = join(folder, 'markup.json')
  writeFileSync(file, '{"nodes": {"callout": {"content": "blocks"}}}')
  const agent = await agentStarting('--data', join(folder, 'data'), '--markup-file', file)
  const content = ':::callout\nHello\n:::'
  await agent.call('create_document', { document: 'notes', content, format: 'markdown' })
  const { text: read } = await agent.call('read_document', { document: 'notes' })
  expect(read.trim()).toBe(content)
  await agent.end()
  const without = await agentStarting('--data', join(folder, 'data'))
  const { text: plain } = await without.call('read_document', { document: 'notes' })
  expect(plain.trim()).toBe('<!--ytopic 1 callout-->')
  await without.end()
})

test('AGENT-1: and one whose ytopic mcp hands on to a running server, with a token', async () => {
  const authority = new LiveAuthority()
  authority.grant('token', { access: 'admin', who: { id: 'bot', name: 'Bot' } })
  const { http } = serverWith(authority)
  writeFileSync(join(folder, 'token'), 'token\n')
  await worked(await agentStarting('--server', http, '--token-file', join(folder, 'token')))
})

test('AGENT-2: an agent may do what its token may, request by request, and no more', async () => {
  const authority = new LiveAuthority()
  authority.grant('reader', { access: 'read' })
  authority.grant('writer', { access: 'write' })
  const { http, ytopic } = serverWith(authority)
  await ytopic.documents.create({ name: 'notes', content: 'one', root: 't' })
  const reader = await agentOver(http, 'reader')
  expect((await reader.call('read_document', text)).text).toBe('one')
  const edits = [{ old_text: 'one', new_text: 'two' }]
  const refused = await reader.call('edit_document', { ...text, edits })
  expect(refused).toMatchObject({ isError: true })
  expect(refused.text).toContain('"write" access')
  expect((await reader.call('list_documents')).isError).toBe(true)
  const stranger = await agentOver(http, 'nobody')
  expect((await stranger.call('read_document', text)).text).toMatch(/^Nothing exists/)
  await expect(agentOver(http)).rejects.toThrow()
  authority.deny('reader')
  expect((await reader.call('read_document', text)).isError).toBe(true)
  const writer = await agentOver(http, 'writer')
  expect((await writer.call('edit_document', { ...text, edits })).isError).toBe(false)
  for (const agent of [reader, stranger, writer]) await agent.end()
})

test.each(['anonymous', 'a token'])(
  'AGENT-3: people see the agent while it works, and its name in history (%s)',
  async (how) => {
    const authority = new LiveAuthority()
    authority.grant('bot', { access: 'write', who: { id: 'bot', name: 'Bot' } })
    authority.grant('ada', { access: 'write', who: { id: 'ada', name: 'Ada' } })
    const hasToken = how === 'a token'
    const { http, url, ytopic } = serverWith(hasToken ? authority : undefined, {
      agent_presence_ms: 1_000,
    })
    const client = connect(`${url}/ws`, 'notes', new Y.Doc(), hasToken ? { token: 'ada' } : {})
    await synced(client)
    client.document.getText('t').insert(0, 'hello world')
    await until('it is there', () => ytopic.metrics.updatesStored > 0)
    const caret = Y.createRelativePositionFromTypeIndex(client.document.getText('t'), 11)
    const agent = await agentOver(http, hasToken ? 'bot' : undefined)
    expect((await agent.call('read_document', text)).text).toBe('hello world')
    const name = hasToken ? 'Bot' : 'Helper'
    await until('it is seen', () => others(client).length === 1)
    expect(others(client)).toMatchObject([{ agent: 'Helper', doing: 'reading', user: { name } }])
    const edits = [{ old_text: 'hello', new_text: 'good evening' }]
    await agent.call('edit_document', { ...text, edits })
    await until('it writes', () =>
      Bun.deepEquals(
        others(client).map(({ doing }) => doing),
        ['writing'],
      ),
    )
    const arrived = (): boolean => client.document.getText('t').toString() === 'good evening world'
    await until('the edit has arrived', arrived)
    const place = Y.createAbsolutePositionFromRelativePosition(caret, client.document)
    expect(place?.index).toBe(18)
    const { authors } = await ytopic.documents.keep('notes')
    expect(authors).toContainEqual(
      expect.objectContaining(hasToken ? { id: 'bot', name } : { id: 'agent:helper', name }),
    )
    await until('it is seen no more', () => others(client).length === 0)
    await agent.end()
    client.end()
  },
)

test('AGENT-7: with another token an agent is seen as somebody else', async () => {
  const authority = new LiveAuthority()
  for (const id of ['ada', 'bob', 'carl']) {
    authority.grant(id, { access: 'write', who: { id, name: id } })
  }
  const { http, url, ytopic } = serverWith(authority)
  for (const name of ['one', 'two']) {
    await ytopic.documents.create({ name, content: 'text', root: 't' })
  }
  const [first, second] = ['one', 'two'].map((name) =>
    connect(`${url}/ws`, name, new Y.Doc(), { token: 'carl' }),
  )
  if (first === undefined || second === undefined) throw new Error('nobody looks')
  await Promise.all([synced(first), synced(second)])
  const seen = (client: Client): readonly unknown[] =>
    others(client).map(({ user }) => (user as { readonly name?: unknown }).name)
  let token = 'ada'
  const agent = await agentOver(http, () => token)
  for (const document of ['one', 'two']) await agent.call('read_document', { document })
  await until('Ada is seen', () => Bun.deepEquals([seen(first), seen(second)], [['ada'], ['ada']]))
  token = 'bob'
  await agent.call('read_document', { document: 'two' })
  await until('Bob is, alone', () => Bun.deepEquals([seen(first), seen(second)], [[], ['bob']]))
  await agent.end()
  for (const client of [first, second]) client.end()
})

test('AGENT-4: an edit that names no place, or two, changes nothing and says so', async () => {
  const { http, ytopic } = serverWith()
  await ytopic.documents.create({ name: 'notes', content: 'one two one', root: 't' })
  const agent = await agentOver(http)
  const tried = async (old_text: string): Promise<string> => {
    const edits = [{ old_text, new_text: 'x' }]
    const said = await agent.call('edit_document', { ...text, edits })
    expect(said.isError).toBe(true)
    return said.text
  }
  expect(await tried('three')).toMatch(/is not there; read it anew/)
  expect(await tried('one')).toMatch(/there more than once; give more/)
  expect((await agent.call('read_document', text)).text).toBe('one two one')
  await agent.end()
})

test('AGENT-5: agents that say nothing begin anew, and only so many talk at a time', async () => {
  const { http } = serverWith(undefined, { agent_sessions_max: 1, agent_idle_ms_max: 500 })
  const first = await agentOver(http)
  await expect(agentOver(http)).rejects.toThrow()
  const came = Promise.withResolvers<Agent>()
  await until('the first one has been silent', async () => {
    const agent = await agentOver(http).catch(() => undefined)
    if (agent !== undefined) came.resolve(agent)
    return agent !== undefined
  })
  await expect(first.call('list_documents')).rejects.toThrow()
  await (await came.promise).end()
})

test('AGENT-5: without the option there is no endpoint', async () => {
  server = startServer()
  expect((await fetch(`${server.http}/mcp`, { method: 'POST', body: '{}' })).status).toBe(405)
})

/** What a client sees of the others. */
function others({ document, provider }: Client): readonly Record<string, unknown>[] {
  const states = [...provider.awareness.getStates()]
  return states.filter(([id]) => id !== document.clientID).map(([, state]) => state)
}
