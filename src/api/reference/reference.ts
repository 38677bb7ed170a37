import { createHash } from 'node:crypto'
import { answerJson } from '../../http/answers.ts'
import { noBody } from '../../http/body.ts'
import { route, type Route } from '../../http/route.ts'
import { noQuery } from '../../http/schema.ts'
import { openApiOf } from './openapi.ts'
import { referencePage } from './reference-page.ts'
import { referenceStyle } from './reference-style.ts'

/** The routes that tell of all the others, for people and for programs. */
export function referenceRoutes(others: readonly Route[]): readonly Route[] {
  const description = openApiOf(others)
  const page = referencePage(others)
  const style = createHash('sha256').update(referenceStyle).digest('base64')
  const policy = `default-src 'none'; style-src 'sha256-${style}'; frame-ancestors 'none'`
  const common = { method: 'GET', access: 'anybody', query: noQuery, body: noBody } as const
  return [
    route({
      ...common,
      path: '/api/v1/openapi.json',
      summary: 'This API as OpenAPI 3.1',
      answers: { 200: { what: 'The description.', types: ['application/json'] } },
      handler: () => answerJson(description),
    }),
    route({
      ...common,
      path: '/api',
      summary: 'This API as a page',
      answers: { 200: { what: 'The page.', types: ['text/html'] } },
      handler: () =>
        new Response(page, {
          headers: {
            'content-type': 'text/html; charset=utf-8',
            'content-security-policy': policy,
          },
        }),
    }),
  ]
}
