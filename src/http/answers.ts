import { type RefusalKind, refusals } from '../base/errors.ts'

/** After how many seconds what may succeed later is worth another try. */
const retrySeconds = 2

/**
 * A refusal as an HTTP answer: problem details (RFC 9457).
 * @param detail follows the table's sentence
 * @param status where it is another than the table's
 */
export function refuseRequest(
  kind: RefusalKind,
  detail?: string,
  more: Readonly<Record<string, string>> = {},
  status: number = refusals[kind].status,
): Response {
  const { sentence } = refusals[kind]
  const headers = new Headers({ 'content-type': 'application/problem+json', ...more })
  if (status === 401) headers.set('www-authenticate', 'Bearer')
  if (status === 426) headers.set('upgrade', 'websocket')
  if (status === 429 || status === 503) headers.set('retry-after', `${retrySeconds}`)
  const problem = {
    type: `urn:ytopic:problem:${kind}`,
    title: sentence.replace(/\.$/, ''),
    status,
    code: kind,
    detail: detail === undefined ? sentence : `${sentence} ${detail}`,
  }
  return new Response(`${JSON.stringify(problem)}\n`, { status, headers })
}

/** JSON in an answer. */
export function answerJson(
  value: unknown,
  status = 200,
  headers: Readonly<Record<string, string>> = {},
): Response {
  return answerJsonText(JSON.stringify(value), status, headers)
}

/** The same of JSON that was written elsewhere. */
export function answerJsonText(
  json: string,
  status = 200,
  headers: Readonly<Record<string, string>> = {},
): Response {
  const type = { 'content-type': 'application/json; charset=utf-8' }
  return new Response(`${json}\n`, { status, headers: { ...type, ...headers } })
}
