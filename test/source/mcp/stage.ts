import { Client } from '@modelcontextprotocol/sdk/client/index.js'
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js'
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js'
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js'
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

/** One that talks to a server over HTTP. */
export function agentOver(http: string, token?: string): Promise<Agent> {
  const headers: Readonly<Record<string, string>> =
    token === undefined ? {} : { authorization: `Bearer ${token}` }
  const url = new URL(`${http}/mcp`)
  return agentOf(new StreamableHTTPClientTransport(url, { requestInit: { headers } }))
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
