import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js'
import { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js'
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js'
import type { AgentHost, AgentParts } from '../documents/agent-host.ts'
import { Desk } from './desk.ts'
import { agentServer } from './tools.ts'

/** Talks to one agent over standard input and output, until it leaves. */
export async function talkOverStdio(parts: AgentParts, host: AgentHost): Promise<void> {
  const desk = new Desk(parts)
  const server = agentServer(desk, () => host)
  await server.connect(new StdioServerTransport())
  await left()
  desk.end()
  await server.close()
}

/** Hands what an agent says over standard input on to a running server, and back. */
export async function relayOverStdio(server: string, token: string | undefined): Promise<void> {
  const here: Transport = new StdioServerTransport()
  const headers: Readonly<Record<string, string>> =
    token === undefined ? {} : { authorization: `Bearer ${token}` }
  const url = new URL(`${server.replace(/\/$/, '')}/mcp`)
  const http = new StreamableHTTPClientTransport(url, { requestInit: { headers } })
  const there: Transport = http
  const fail = Promise.withResolvers<never>()
  here.onmessage = (message) => {
    there.send(message).catch((error: unknown) => fail.reject(error))
  }
  there.onmessage = (message) => {
    if ('result' in message && 'protocolVersion' in message.result) {
      http.setProtocolVersion(String(message.result['protocolVersion']))
    }
    here.send(message).catch((error: unknown) => fail.reject(error))
  }
  await there.start()
  await here.start()
  await Promise.race([left(), fail.promise])
  await http.terminateSession().catch(() => undefined)
  await there.close()
}

/** Resolves when nobody is at the other end of standard input. */
function left(): Promise<void> {
  return new Promise((resolve) => {
    process.stdin.on('end', resolve)
    process.stdin.on('close', resolve)
  })
}
