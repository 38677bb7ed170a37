import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js'
import { z } from 'zod'
import packageJson from 'ytopic/package.json' with { type: 'json' }
import type { Who } from '../auth/authority.ts'
import { answered, type Call, type CallOf, document, type HostOf, pathOf, root } from './calls.ts'
import { addComments } from './comment-tools.ts'
import type { Desk } from './desk.ts'
import { linesWith } from './lines.ts'

/** So many lines a search gives at most. */
const linesMax = 100

const version = z.string().describe('The id of a version, as list_versions gives it.')

/** Makes the server that one agent talks to. */
export function agentServer(desk: Desk, hostOf: HostOf): McpServer {
  const info = { name: 'ytopic', title: 'Documents', version: packageJson.version }
  const server = new McpServer(info, { instructions })
  const callOf = (extra: Parameters<HostOf>[0]): Call => ({ host: hostOf(extra), as: who(server) })
  addReading(server, desk, callOf)
  addWriting(server, desk, callOf)
  addVersions(server, desk, callOf)
  addComments(server, desk, callOf)
  return server
}

const instructions =
  'Documents that people edit at the same time. Read before you edit; edit the least that is ' +
  'needed, with edit_document, so that the carets of people stay where they are. People see you ' +
  'in the document, and your changes in its history. Where you are not sure, or may not edit, ' +
  'comment on the words instead.'

function addReading(server: McpServer, desk: Desk, callOf: CallOf): void {
  const annotations = { readOnlyHint: true, openWorldHint: false }
  server.registerTool(
    'list_documents',
    {
      title: 'List documents',
      description: 'Lists the documents that you may look after, by name.',
      inputSchema: { prefix: z.string().optional(), after: z.string().optional() },
      annotations,
    },
    ({ after, prefix }, extra) =>
      answered(async () => {
        const { as, host } = callOf(extra)
        const query = { after, limit: '100', prefix }
        return (await desk.ask(host, as, 'GET', 'documents', { query })).text()
      }),
  )
  server.registerTool(
    'read_document',
    {
      title: 'Read a document',
      description: 'Reads a document, or one of its versions, as Markdown or plain text.',
      inputSchema: { document, root, version: version.optional() },
      annotations,
    },
    (asked, extra) =>
      answered(async () => {
        const { as, host } = callOf(extra)
        const below =
          asked.version === undefined ? ['content'] : ['versions', asked.version, 'content']
        const { text } = await desk.read(host, as, pathOf(asked.document, ...below), asked.root)
        await desk.show(host, as, asked.document, 'reading')
        return text
      }),
  )
  server.registerTool(
    'search_in_document',
    {
      title: 'Search in a document',
      description: 'Gives the lines of a document that hold a text, with their numbers.',
      inputSchema: { document, root, query: z.string().min(1) },
      annotations,
    },
    (asked, extra) =>
      answered(async () => {
        const { as, host } = callOf(extra)
        const { text } = await desk.read(host, as, pathOf(asked.document, 'content'), asked.root)
        await desk.show(host, as, asked.document, 'reading')
        const lines = linesWith(text, asked.query, linesMax)
        return lines.length === 0 ? 'No line holds that.' : lines.join('\n')
      }),
  )
}

function addWriting(server: McpServer, desk: Desk, callOf: CallOf): void {
  server.registerTool(
    'create_document',
    {
      title: 'Create a document',
      description: 'Creates a document with content; refused where there is one of that name.',
      inputSchema: { document, root, content: z.string(), format: z.enum(['markdown', 'text']) },
      annotations: { destructiveHint: false, openWorldHint: false },
    },
    (asked, extra) =>
      answered(async () => {
        const { as, host } = callOf(extra)
        const headers = { 'content-type': typeOf[asked.format], 'if-none-match': '*' }
        const query = { format: asked.format, root: asked.root }
        const path = pathOf(asked.document, 'content')
        await desk.ask(host, as, 'PUT', path, { body: asked.content, headers, query })
        return 'It is on disk.'
      }),
  )
  server.registerTool(
    'edit_document',
    {
      title: 'Edit a document',
      description:
        'Replaces texts in a document, as read_document tells it. Each old_text has to be there ' +
        'exactly once. Everything else stays as it is, also while people type.',
      inputSchema: {
        document,
        root,
        edits: z
          .array(z.object({ old_text: z.string(), new_text: z.string() }))
          .min(1)
          .max(100),
      },
      annotations: { destructiveHint: true, idempotentHint: false, openWorldHint: false },
    },
    (asked, extra) => answered(() => edit(desk, callOf(extra), asked)),
  )
  server.registerTool(
    'append_to_document',
    {
      title: 'Append to a document',
      description: 'Puts text behind all that is in a document.',
      inputSchema: { document, root, text: z.string().min(1) },
      annotations: { destructiveHint: false, openWorldHint: false },
    },
    (asked, extra) =>
      answered(async () => {
        const { as, host } = callOf(extra)
        await desk.show(host, as, asked.document, 'writing')
        const body = JSON.stringify({ append: asked.text, format: 'text', root: asked.root })
        const headers = { 'content-type': 'application/json' }
        await desk.ask(host, as, 'PATCH', pathOf(asked.document, 'content'), { body, headers })
        return 'It is on disk.'
      }),
  )
}

/** The texts give way where they stand by then: nothing that others write meanwhile is undone. */
async function edit(
  desk: Desk,
  { as, host }: Call,
  asked: {
    readonly document: string
    readonly root?: string | undefined
    readonly edits: readonly { readonly old_text: string; readonly new_text: string }[]
  },
): Promise<string> {
  const path = pathOf(asked.document, 'content')
  const { format } = await desk.read(host, as, path, asked.root)
  await desk.show(host, as, asked.document, 'writing')
  const substitute = asked.edits.map((one) => ({ old: one.old_text, new: one.new_text }))
  const body = JSON.stringify({ substitute, format, root: asked.root })
  await desk.ask(host, as, 'PATCH', path, { body, headers: { 'content-type': 'application/json' } })
  return 'It is on disk.'
}

function addVersions(server: McpServer, desk: Desk, callOf: CallOf): void {
  const add = (
    name: string,
    title: string,
    description: string,
    inputSchema: Readonly<Record<string, z.ZodType>>,
    request: (asked: Readonly<Record<string, string>>) => readonly [string, string, object?],
  ): void => {
    const isReading = request({})[0] === 'GET'
    const annotations = { readOnlyHint: isReading, openWorldHint: false }
    server.registerTool(
      name,
      { title, description, inputSchema: { document, ...inputSchema }, annotations },
      (asked, extra) =>
        answered(async () => {
          const { as, host } = callOf(extra)
          const [method, path, asking = {}] = request(z.record(z.string(), z.string()).parse(asked))
          return (await desk.ask(host, as, method, path, asking)).text()
        }),
    )
  }
  add(
    'list_versions',
    'List versions',
    'Lists the kept states of a document, newest first, with who wrote.',
    { after: z.string().optional() },
    ({ after, document: of = '' }) => ['GET', pathOf(of, 'versions'), { query: { after } }],
  )
  add(
    'keep_version',
    'Keep a version',
    'Keeps the document as it is now, under a name.',
    { name: z.string().min(1) },
    ({ document: of = '', name }) => [
      'POST',
      pathOf(of, 'versions'),
      { body: JSON.stringify({ name }), headers: { 'content-type': 'application/json' } },
    ],
  )
  add(
    'compare_versions',
    'Compare versions',
    'Tells what changed between two versions, and who did it. to may be "now".',
    { from: version, to: version },
    ({ document: of = '', from = '', to = '' }) => [
      'GET',
      pathOf(of, 'versions', from, 'diff', to),
      { query: { context: '40' } },
    ],
  )
  add(
    'restore_version',
    'Restore a version',
    'Makes the document what it was, as one edit on top that can be undone the same way.',
    { version },
    ({ document: of = '', version: id = '' }) => ['POST', pathOf(of, 'versions', id, 'restore')],
  )
}

const typeOf = { markdown: 'text/markdown', text: 'text/plain' } as const

/** Who an agent is where no token says it: its own word. */
function who(server: McpServer): Who {
  const { name = 'agent', title = name } = server.server.getClientVersion() ?? {}
  return { id: `agent:${name}`, name: title, color: '#7c3aed' }
}
