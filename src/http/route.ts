import type { z } from 'zod'
import type { Grant } from '../auth/authority.ts'
import type { Access } from '../base/access.ts'
import type { BodySpec, RawBody } from './body.ts'
import type { RequestContext } from './context.ts'
import { readQuery } from './schema.ts'

/** How a route may be asked for. `HEAD` comes with `GET`. */
export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'

/**
 * Who may ask. A level of access is needed on the document of the path, or, where the path has
 * none, on all documents. `handler` leaves it to the handler: the document is in the body, or
 * there are many.
 */
export type RouteAccess = Access | 'anybody' | 'handler'

/** What an answer looks like, for the reference. */
export interface AnswerSpec {
  readonly what: string
  /** Of a JSON answer. */
  readonly schema?: z.ZodType
  /** Media types of any other. */
  readonly types?: readonly string[]
}

/** What stands in the table of a route, for routing and for the reference. */
interface RouteRow {
  readonly method: Method
  /** Such as `/api/v1/documents/:doc/versions`; a parameter is one segment, percent-encoded. */
  readonly path: string
  /** For the reference, what it does in a few words. */
  readonly summary: string
  readonly access: RouteAccess
  /** By status. Refusals that any route may give are left out. */
  readonly answers: Readonly<Record<number, AnswerSpec>>
}

/** A request that may be answered; its body is read when it has been permitted. */
export interface Arrival {
  readonly context: RequestContext
  /** What the path's parameters say, decoded. */
  readonly params: Readonly<Record<string, string>>
  /** What the caller may do with the document of the path, or with all of them. */
  readonly grant: Grant
}

/** A request that was found to be in order. */
export interface Asked<Query, Body> extends Arrival {
  readonly query: Query
  readonly body: Body
}

/** One row of the table from which routing, checking and the reference are made. */
export interface Route extends RouteRow {
  readonly query: z.ZodType
  readonly body: BodySpec<unknown>
  /** @throws RefusalError when query or body are not what the route takes, and as its handler */
  readonly answer: (arrival: Arrival, body: RawBody) => Response | Promise<Response>
}

/** Makes a row: what its handler gets has been read by its schemas. */
export function route<Query, Body>(
  row: RouteRow & {
    readonly query: z.ZodType<Query>
    readonly body: BodySpec<Body>
    readonly handler: (asked: Asked<Query, Body>) => Response | Promise<Response>
  },
): Route {
  const { handler, ...rest } = row
  return {
    ...rest,
    answer(arrival, raw) {
      const query = readQuery(row.query, arrival.context.query)
      return handler({ ...arrival, query, body: row.body.read(raw) })
    },
  }
}
