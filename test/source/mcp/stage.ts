import { Client } from '@modelcontextprotocol/sdk/client/index.js'
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js'
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js'
import type { FetchLike, Transport } from '@modelcontextprotocol/sdk/shared/transport.js'
import { main } from '../cli/stage.ts'

/** What a tool said. */
export interface Said {
  readonly text: string
  readonly isError: boolean
}

/** An agent: the official client. */
export interface Agent {
  readonly client: Client
  call(tool: string, asked?: Readonly<Record<string, unknown>>): Promise<Said>
  end(): Promise<void>
}

/** One that talks to a server over HTTP; the token may be another for each request. */
export function agentOver(http: string, token?: string | (() => string)): Promise<Agent> {
  const url = new URL(`${http}/mcp`)
  const asking: FetchLike = (to, init) => {
    const shown = typeof token === 'function' ? token() : token
    const headers = new Headers(init?.headers)
    if (shown !== undefined) headers.set('authorization', `Bearer ${shown}`)
    return fetch(to, { ...init, headers })
  }
  return agentOf(new StreamableHTTPClientTransport(url, { fetch: asking }))
}

/** One that starts `ytopic mcp` and talks over its standard input and output. */
export function agentStarting(...args: readonly string[]): Promise<Agent> {
  const command = { command: process.execPath, args: [main, 'mcp', ...args] }
  return agentOf(new StdioClientTransport(command))
}

async function agentOf(transport: Transport): Promise<Agent> {
  const client = new Client({ name: 'helper', title: 'Helper', version: '1.0.0' })
  await client.connect(transport)
  return {
    client,
    async call(tool, asked = {}) {
      const { content, isError } = await client.callTool({ name: tool, arguments: { ...asked } })
      const [first] = Array.isArray(content) ? content : []
      return { text: String(first?.text), isError: isError === true }
    },
    async end() {
      if (transport instanceof StreamableHTTPClientTransport) await transport.terminateSession()
      await client.close()
    },
  }
}
