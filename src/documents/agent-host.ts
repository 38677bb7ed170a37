import { createHash } from 'node:crypto'
import { z } from 'zod'
import type { Who } from '../auth/authority.ts'
import type { Chance } from '../base/chance.ts'
import type { Clock } from '../base/clock.ts'
import { RefusalError } from '../base/errors.ts'
import { grantFor, type RequestAuthorizeParts } from '../http/authorize.ts'
import type { BodySpec, RawBody } from '../http/body.ts'
import type { Credentials } from '../http/credentials.ts'
import { type Method, route, type Route } from '../http/route.ts'
import type { Documents } from './documents.ts'
import type { OpenDocument } from './open-document.ts'

/** What a request of an agent's says. */
export interface AgentAsking {
  readonly query?: Readonly<Record<string, string | undefined>> | undefined
  readonly headers?: Readonly<Record<string, string>> | undefined
  readonly body?: string | undefined
}

/** What an agent may do: what its token may, and nothing else. */
export interface AgentHost {
  /** Tells apart whose word counts: another token is another. Nothing can be read from it. */
  readonly caller: string
  /**
   * Asks the API for what is below `/api/v1/`.
   * @param as who it is where the token says nothing of that
   */
  ask(method: string, path: string, asking: AgentAsking, as: Who): Promise<Response>
  /** Takes a place in a document that it may read, where others see it. @throws RefusalError */
  enter(document: string, presence: object, as: Who): Promise<OpenDocument>
}

/** What an endpoint for agents works with. */
export interface AgentParts {
  readonly chance: Chance
  readonly clock: Clock
  readonly limits: {
    readonly agent_sessions_max: number
    readonly agent_idle_ms_max: number
    readonly agent_presence_ms: number
  }
}

/** Answers what agents ask on `/mcp`. */
export interface AgentEndpoint {
  /** @param body as it came, within its limit; empty where there is none */
  answer(request: Request, body: Uint8Array, host: AgentHost): Promise<Response>
  /** Lets all of them go. */
  end(): Promise<void>
}

/** Makes an endpoint for agents; `ytopic/mcp` exports one. */
export type CreateAgentEndpoint = (parts: AgentParts) => AgentEndpoint

/** What hosts of agents work with. */
export interface AgentHostParts extends RequestAuthorizeParts {
  readonly documents: Documents
  readonly ask: (request: Request, as: Who) => Promise<Response>
}

const rawBody: BodySpec<RawBody> = {
  types: ['application/json'],
  schema: undefined,
  size: 'large',
  read: (raw) => raw,
}

/** The routes of the endpoint for agents; none where there is none. */
export function agentRoutes(
  endpoint: AgentEndpoint | undefined,
  parts: AgentHostParts,
): readonly Route[] {
  if (endpoint === undefined) return []
  return (['POST', 'GET', 'DELETE'] as const).map((method: Method) =>
    route({
      method,
      path: '/mcp',
      summary: 'Talk to an agent by the Model Context Protocol',
      access: 'anybody',
      query: z.object({ token: z.string().optional() }),
      body: rawBody,
      answers: { 200: { what: 'As the protocol has it.', types: ['text/event-stream'] } },
      handler({ body, context }) {
        const { credentials, request } = context
        if (parts.authority.needsToken && credentials.token === undefined) {
          throw new RefusalError('token-needed')
        }
        // A stream stands still while nobody says anything.
        context.keepOpen()
        return endpoint.answer(request, body.bytes, agentHost(parts, request.url, credentials))
      },
    }),
  )
}

/** What somebody with those credentials may do. */
export function agentHost(parts: AgentHostParts, url: string, credentials: Credentials): AgentHost {
  const { token } = credentials
  return {
    caller: token === undefined ? '' : createHash('sha256').update(token).digest('base64url'),
    ask(method, path, { body, headers = {}, query = {} }, as) {
      const asked = new URL(`/api/v1/${path}`, url)
      for (const [name, value] of Object.entries(query)) {
        if (value !== undefined) asked.searchParams.set(name, value)
      }
      const told = new Headers(headers)
      if (token !== undefined) told.set('authorization', `Bearer ${token}`)
      const request = new Request(asked.href, { method, headers: told, body: body ?? null })
      return parts.ask(request, as)
    },
    async enter(document, presence, as) {
      const { who } = await grantFor(parts, document, credentials, 'read', true)
      return parts.documents.open(document, { who: who?.id === undefined ? as : who, presence })
    },
  }
}
