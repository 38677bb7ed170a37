import { z } from 'zod'
import type { History } from '../../history/history.ts'
import { noBody } from '../../http/body.ts'
import { route, type Route } from '../../http/route.ts'
import { unknownVersion } from './version-view.ts'

const path = '/api/v1/documents/:doc'
const context = z.coerce.number().int().min(0).optional()

/** What changed between two states, and who wrote what is there. */
export function comparisonRoutes(history: History): readonly Route[] {
  const common = { method: 'GET', access: 'write', body: noBody } as const
  const ambiguous = { 409: { what: 'There are several roots, and none was named.' } }
  return [
    route({
      ...common,
      path: `${path}/versions/:version/diff/:other`,
      summary: 'Tell what changed from one version (or "empty") to another (or "now")',
      query: z.strictObject({
        context,
        format: z.enum(['json', 'html']).default('json'),
        root: z.string().optional(),
      }),
      answers: {
        200: { what: 'What became of the root.', types: ['application/json', 'text/html'] },
        ...unknownVersion,
        ...ambiguous,
      },
      async handler({ params: { doc = '', other = '', version = '' }, query }) {
        const { context: near, format: form, root } = query
        const from = version === 'empty' ? 'empty' : sideOf(version)
        const text = await history.compare(doc, [from, sideOf(other)], {
          context: near,
          form,
          root,
        })
        return answerText(text, form === 'html' ? 'text/html' : 'application/json')
      },
    }),
    route({
      ...common,
      path: `${path}/attribution`,
      summary: 'Tell who wrote what is in the document',
      query: z.strictObject({ root: z.string().optional() }),
      answers: {
        200: { what: 'Who wrote what of the root.', types: ['application/json'] },
        ...unknownVersion,
        ...ambiguous,
      },
      async handler({ params: { doc = '' }, query: { root } }) {
        const how = { context: undefined, form: 'attribution', root } as const
        return answerText(await history.compare(doc, ['now', 'now'], how), 'application/json')
      },
    }),
  ]
}

function sideOf(version: string): 'now' | { readonly version: string } {
  return version === 'now' ? 'now' : { version }
}

function answerText(text: string, type: string): Response {
  return new Response(text, { headers: { 'content-type': `${type}; charset=utf-8` } })
}
