import type { Provenance } from './origins.ts'
import type { Credentials } from './credentials.ts'

/** One request, as far as it is known before anything is done about it. */
export interface RequestContext {
  readonly request: Request
  /** As it came: not decoded, not normalised, without the query. */
  readonly path: string
  readonly query: URLSearchParams
  /** Who asks: the token that came along, and where from. */
  readonly credentials: Credentials
  /** The page that a browser asks for. */
  readonly from: Provenance
}
