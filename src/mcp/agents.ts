import * as http from '@modelcontextprotocol/sdk/server/webStandardStreamableHttp.js'
import { RefusalError } from '../base/errors.ts'
import type { AgentEndpoint, AgentHost, AgentParts } from '../documents/agent-host.ts'
import { Desk } from './desk.ts'
import type { HostOf } from './calls.ts'
import { agentServer } from './tools.ts'

/** One agent that talks over HTTP. */
interface Talk {
  readonly transport: http.WebStandardStreamableHTTPServerTransport
  readonly end: () => Promise<void>
  usedAt: number
}

/** Carries the host of one request to the tools that it calls. */
class Carried {
  readonly host: AgentHost

  constructor(host: AgentHost) {
    this.host = host
  }
}

const hostOf: HostOf = ({ authInfo }) => {
  const carried = authInfo?.extra?.['host']
  if (carried instanceof Carried) return carried.host
  throw new TypeError('A call came without its request.')
}

/** For `createYtopic({ mcp: agents })`: the Model Context Protocol over HTTP. */
export function agents(parts: AgentParts): AgentEndpoint {
  const { chance, clock, limits } = parts
  const talks = new Map<string, Talk>()
  const dropIdle = async (): Promise<void> => {
    const idle = [...talks].filter(
      ([, { usedAt }]) => clock.now() - usedAt > limits.agent_idle_ms_max,
    )
    await Promise.all(idle.map(([, { end }]) => end()))
  }
  const begin = async (): Promise<Talk> => {
    await dropIdle()
    if (talks.size >= limits.agent_sessions_max) throw new RefusalError('server-full')
    const desk = new Desk(parts)
    const transport = new http.WebStandardStreamableHTTPServerTransport({
      sessionIdGenerator: () => chance.name(),
      onsessioninitialized: (id) => void talks.set(id, talk),
      onsessionclosed: () => talk.end(),
    })
    const server = agentServer(desk, hostOf)
    const talk: Talk = {
      transport,
      usedAt: clock.now(),
      async end() {
        if (transport.sessionId !== undefined) talks.delete(transport.sessionId)
        desk.end()
        await server.close()
      },
    }
    await server.connect(transport)
    return talk
  }
  return {
    async answer(request, body, host) {
      const id = request.headers.get('mcp-session-id')
      const talk = id === null ? await begin() : talks.get(id)
      // Clients begin anew then, as the protocol has it.
      if (talk === undefined) throw new RefusalError('not-found', 'This session has ended.')
      talk.usedAt = clock.now()
      const { headers, method, url } = request
      const sent = body.length === 0 ? null : new Uint8Array(body)
      const again = new Request(url, { method, headers, body: sent })
      const extra = { host: new Carried(host) }
      const authInfo = { token: '', clientId: '', scopes: [], extra }
      const answer = await talk.transport.handleRequest(again, { authInfo })
      if (talk.transport.sessionId === undefined) await talk.end()
      return answer
    },
    async end() {
      await Promise.all([...talks.values()].map(({ end }) => end()))
    },
  }
}
