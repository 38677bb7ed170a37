import type { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js'
import { z } from 'zod'
import { answered, type Call, type CallOf, document, pathOf, root } from './calls.ts'
import { AgentRefusal, type Desk } from './desk.ts'

const thread = z.string().describe('The id of a thread, as list_comments gives it.')
const saying = z.string().min(1).describe('What you say, as plain text.')
const mentions = z.array(z.string()).optional().describe('Ids of people whom you mention.')
const json = { 'content-type': 'application/json' } as const

const annotations = { destructiveHint: false, openWorldHint: false }

/** So much of what stands around a quote is kept, by which pages find it again. */
const asideMax = 32

/** The tools for comments on a document's words. */
export function addComments(server: McpServer, desk: Desk, callOf: CallOf): void {
  addBeginning(server, desk, callOf)
  addAnswering(server, desk, callOf)
}

function addBeginning(server: McpServer, desk: Desk, callOf: CallOf): void {
  server.registerTool(
    'list_comments',
    {
      title: 'List comments',
      description: 'Lists the threads of comments on a document, with the words they are about.',
      inputSchema: { document, resolved: z.boolean().optional() },
      annotations: { readOnlyHint: true, openWorldHint: false },
    },
    (asked, extra) =>
      answered(async () => {
        const { as, host } = callOf(extra)
        const query = { resolved: asked.resolved === undefined ? undefined : `${asked.resolved}` }
        const path = pathOf(asked.document, 'comments')
        return (await desk.ask(host, as, 'GET', path, { query })).text()
      }),
  )
  server.registerTool(
    'comment_on_text',
    {
      title: 'Comment on text',
      description:
        'Begins a thread of comments on words of a document. The quote is plain text without ' +
        'marks, of one line, and has to be there exactly once.',
      inputSchema: { document, root, quote: z.string().min(1), text: saying, mentions },
      annotations,
    },
    (asked, extra) => answered(() => commentOn(desk, callOf(extra), asked)),
  )
}

function addAnswering(server: McpServer, desk: Desk, callOf: CallOf): void {
  server.registerTool(
    'reply_to_comment',
    {
      title: 'Reply to a comment',
      description: 'Answers in a thread of comments.',
      inputSchema: { document, thread, text: saying, mentions },
      annotations,
    },
    (asked, extra) =>
      answered(() => {
        const path = pathOf(asked.document, 'comments', asked.thread)
        return send(desk, callOf(extra), 'POST', path, {
          text: asked.text,
          mentions: asked.mentions,
        })
      }),
  )
  server.registerTool(
    'resolve_comments',
    {
      title: 'Resolve comments',
      description: 'Says that a thread of comments is done with, or opens it again.',
      inputSchema: { document, thread, resolved: z.boolean().default(true) },
      annotations: { ...annotations, idempotentHint: true },
    },
    (asked, extra) =>
      answered(() => {
        const path = pathOf(asked.document, 'comments', asked.thread)
        return send(desk, callOf(extra), 'PATCH', path, { resolved: asked.resolved })
      }),
  )
}

interface Wanted {
  readonly document: string
  readonly root?: string | undefined
  readonly quote: string
  readonly text: string
  readonly mentions?: readonly string[] | undefined
}

async function commentOn(desk: Desk, call: Call, wanted: Wanted): Promise<string> {
  const { as, host } = call
  const { mentions: people, quote, text: said } = wanted
  const name = wanted.root ?? (await onlyRoot(desk, call, wanted.document))
  const query = { format: 'text', root: name }
  const read = await desk.ask(host, as, 'GET', pathOf(wanted.document, 'content'), { query })
  const anchor = { root: name, quote, ...around(await read.text(), quote) }
  const path = pathOf(wanted.document, 'comments')
  return send(desk, call, 'POST', path, { anchor, text: said, mentions: people })
}

/** Sends JSON; gives what is answered. @throws AgentRefusal */
async function send(
  desk: Desk,
  { as, host }: Call,
  method: string,
  path: string,
  what: object,
): Promise<string> {
  const body = JSON.stringify(what)
  return (await desk.ask(host, as, method, path, { body, headers: json })).text()
}

const described = z.object({ roots: z.array(z.object({ name: z.string(), kind: z.string() })) })

/** The root of a document that has words, where it is one. @throws AgentRefusal */
async function onlyRoot(desk: Desk, { as, host }: Call, name: string): Promise<string> {
  const answer = await desk.ask(host, as, 'GET', pathOf(name))
  const { roots } = described.parse(await answer.json())
  const [first, ...more] = roots.filter(({ kind }) => kind === 'text' || kind === 'xml')
  if (first !== undefined && more.length === 0) return first.name
  const names = roots.map((one) => one.name).join(', ')
  throw new AgentRefusal(`Say which root is meant; the document has: ${names}.`, 409)
}

/** What stands before and behind a quote. @throws AgentRefusal where it is not there once */
function around(
  whole: string,
  quote: string,
): { readonly prefix: string; readonly suffix: string } {
  const at = whole.indexOf(quote)
  if (at < 0) throw new AgentRefusal('The document does not have these words; read it again.', 409)
  if (whole.includes(quote, at + 1)) {
    throw new AgentRefusal('These words are there more than once; quote more of them.', 409)
  }
  const end = at + quote.length
  const prefix = whole.slice(Math.max(0, at - asideMax), at)
  const suffix = whole.slice(end, end + asideMax)
  return { prefix: withoutHalves(prefix), suffix: withoutHalves(suffix) }
}

/** A character of two units may have been cut in half at the ends. */
function withoutHalves(text: string): string {
  return text.replace(/^[\udc00-\udfff]|[\ud800-\udbff]$/g, '')
}
