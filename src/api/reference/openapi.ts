import { z } from 'zod'
import type { Route } from '../../http/route.ts'

type Json = Readonly<Record<string, unknown>>

const problem: Json = {
  type: 'object',
  required: ['type', 'title', 'status', 'code', 'detail'],
  properties: {
    type: { type: 'string' },
    title: { type: 'string' },
    status: { type: 'integer' },
    code: { type: 'string', description: 'The kind of the refusal.' },
    detail: { type: 'string', description: 'What happened, to what, and what to do.' },
  },
}

/**
 * The description of the routes as OpenAPI 3.1, from the table that routes and checks.
 */
export function openApiOf(routes: readonly Route[]): Json {
  const paths = new Map<string, Record<string, Json>>()
  for (const route of routes) {
    const path = route.path.replaceAll(/:(\w+)\*?/g, '{$1}')
    const operations = paths.get(path) ?? {}
    operations[route.method.toLowerCase()] = operationOf(route)
    paths.set(path, operations)
  }
  return {
    openapi: '3.1.0',
    info: { title: 'ytopic', version: '1', description: 'Documents over HTTP.' },
    paths: Object.fromEntries(paths),
    components: {
      schemas: { Problem: problem },
      securitySchemes: { bearer: { type: 'http', scheme: 'bearer' } },
    },
  }
}

function operationOf(route: Route): Json {
  const { access, answers, body, summary } = route
  return {
    summary,
    ...(access === 'anybody' ? {} : { security: [{ bearer: [] }], 'x-access': access }),
    parameters: [...pathParameters(route), ...queryParameters(route)],
    ...(body.types.length === 0 ? {} : { requestBody: { content: bodyContent(route) } }),
    responses: {
      ...Object.fromEntries(
        Object.entries(answers).map(([status, spec]) => [status, answerOf(spec)]),
      ),
      default: {
        description: 'A refusal, as problem details.',
        content: {
          'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } },
        },
      },
    },
  }
}

function answerOf({ schema, types, what }: Route['answers'][number]): Json {
  const content =
    schema === undefined
      ? Object.fromEntries((types ?? []).map((type) => [type, {}]))
      : { 'application/json': { schema: jsonSchema(schema, 'output') } }
  return { description: what, ...(Object.keys(content).length === 0 ? {} : { content }) }
}

function bodyContent({ body }: Route): Json {
  const { schema, types } = body
  return Object.fromEntries(
    types.map((type) => {
      const isJson = schema !== undefined && type === 'application/json'
      return [type, isJson ? { schema: jsonSchema(schema, 'input') } : {}]
    }),
  )
}

function pathParameters({ path }: Route): readonly Json[] {
  return [...path.matchAll(/:(\w+)/g)].map(([, name = '']) => ({
    name,
    in: 'path',
    required: true,
    description: name === 'doc' ? 'The name, percent-encoded: a/b is a%2Fb.' : undefined,
    schema: { type: 'string' },
  }))
}

const parameter = z.looseObject({
  default: z.union([z.string(), z.number()]).optional(),
  enum: z.array(z.string()).optional(),
})

export interface QueryParameter {
  readonly name: string
  readonly in: 'query'
  readonly schema: z.infer<typeof parameter>
}

/** What a query takes, as the reference tells it. */
export function queryParameters({ query }: Route): readonly QueryParameter[] {
  const { properties } = z
    .object({ properties: z.record(z.string(), parameter).default({}) })
    .parse(jsonSchema(query, 'input'))
  return Object.entries(properties).map(([name, schema]) => ({ name, in: 'query', schema }))
}

/** The names of what a body of JSON has; those that may be left out end with `?`. */
export function bodyFields({ body }: Route): readonly string[] {
  if (body.schema === undefined) return []
  const { properties, required } = z
    .object({
      properties: z.record(z.string(), z.unknown()).default({}),
      required: z.array(z.string()).default([]),
    })
    .parse(jsonSchema(body.schema, 'input'))
  return Object.keys(properties).map((name) => (required.includes(name) ? name : `${name}?`))
}

function jsonSchema(schema: z.ZodType, io: 'input' | 'output'): Json {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io, unrepresentable: 'any' })
  return rest
}
