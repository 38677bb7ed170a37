import { type RefusalKind, refusals } from '../base/errors.ts'

/** A refusal as an HTTP answer. @param detail follows the table's sentence */
export function refuseRequest(kind: RefusalKind, detail?: string): Response {
  const { status, sentence } = refusals[kind]
  const headers = new Headers()
  if (status === 401) headers.set('www-authenticate', 'Bearer')
  if (status === 426) headers.set('upgrade', 'websocket')
  const words = detail === undefined ? sentence : `${sentence} ${detail}`
  return new Response(`${words}\n`, { status, headers })
}
