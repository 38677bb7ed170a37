import type { CallToolResult } from '@modelcontextprotocol/sdk/types.js'
import { z } from 'zod'
import type { Who } from '../auth/authority.ts'
import { RefusalError } from '../base/errors.ts'
import type { AgentHost } from '../documents/agent-host.ts'
import { AgentRefusal } from './desk.ts'

/** By which host a call is made; in HTTP each request has its own. */
export type HostOf = (call: {
  readonly authInfo?: { readonly extra?: Readonly<Record<string, unknown>> }
}) => AgentHost

/** A call of a tool: who calls, and what for. */
export interface Call {
  readonly host: AgentHost
  readonly as: Who
}

/** Who calls, of what came with a call. */
export type CallOf = (extra: Parameters<HostOf>[0]) => Call

export const document = z.string().describe('The name of the document.')
export const root = z.string().optional().describe('Which root, where the document has several.')

/** Where something of a document is, below `/api/v1/`. */
export function pathOf(name: string, ...below: readonly string[]): string {
  return ['documents', name, ...below].map(encodeURIComponent).join('/')
}

/** What a tool says; a refusal is an answer that says what to do. */
export async function answered(work: () => Promise<string>): Promise<CallToolResult> {
  try {
    return { content: [{ type: 'text', text: await work() }] }
  } catch (error) {
    const isExpected = error instanceof AgentRefusal || error instanceof RefusalError
    if (!isExpected) throw error
    return { content: [{ type: 'text', text: error.message }], isError: true }
  }
}
