import { z } from 'zod'
import { covers } from '../base/access.ts'
import { RefusalError } from '../base/errors.ts'
import {
  allDocuments,
  decideAbout,
  grantFor,
  type RequestAuthorizeParts,
} from '../http/authorize.ts'
import type { RequestContext } from '../http/context.ts'
import { isSecret } from '../http/secret.ts'
import { areComments } from '../../persistence/companion.ts'
import type { Store, StoredSummary } from '../../persistence/store.ts'

/** What listing works with. */
export interface ListParts extends RequestAuthorizeParts {
  readonly store: Store
}

export const listQuery = z.strictObject({
  after: z.string().optional(),
  limit: z.coerce.number().int().min(1).max(100).default(20),
  prefix: z.string().optional(),
  deleted: z.enum(['true', 'false']).optional(),
})

interface Listed {
  readonly documents: readonly StoredSummary[]
  readonly next: string | null
}

/** Names that are looked at for one page, where not all of them are the asker's. */
const namesMax = 2_000

/**
 * A page of what the asker's grants cover.
 * @throws RefusalError `permission-denied` where they cover nothing
 */
export async function listed(
  parts: ListParts,
  { credentials }: RequestContext,
  query: z.infer<typeof listQuery>,
): Promise<Listed> {
  const { token } = credentials
  const { limit, prefix } = query
  const page = { prefix, deleted: query.deleted === 'true' }
  let after = query.after === undefined ? undefined : decodeNext(query.after)
  const covered = async (name: string): Promise<boolean> => {
    const verdict = await decideAbout(parts, name, credentials)
    return verdict.kind === 'granted' && covers(verdict.grant.access, 'admin')
  }
  const isOperator = token !== undefined && isSecret(token, parts.adminToken)
  const hasAll = isOperator || (await covered(allDocuments))
  const documents: StoredSummary[] = []
  for (let seen = 0; seen < namesMax && documents.length <= limit;) {
    const some = await parts.store.list({ ...page, after, limit: limit + 1 })
    for (const summary of some) {
      if (documents.length > limit) break
      const { document } = summary
      const isListed = !areComments(document)
      if (isListed && (hasAll || (await covered(document)))) documents.push(summary)
      after = summary.document
    }
    seen += some.length
    if (some.length <= limit) {
      after = undefined
      break
    }
  }
  const isMore = documents.length > limit
  if (documents.length === 0 && !hasAll && query.after === undefined && after === undefined) {
    // Says 401 to whom nobody knows.
    await grantFor(parts, `${prefix ?? ''}${allDocuments}`, credentials, 'admin', false)
  }
  const shown = documents.slice(0, limit)
  return { documents: shown, next: isMore ? (shown.at(-1)?.document ?? null) : (after ?? null) }
}

/** A place in the list as clients hand it back. */
export function encodeNext(name: string): string {
  return Buffer.from(name).toString('base64url')
}

/** @throws RefusalError `bad-request` of what this list never gave */
function decodeNext(after: string): string {
  const name = Buffer.from(after, 'base64url').toString()
  if (name !== '' && encodeNext(name) === after) return name
  throw new RefusalError('bad-request', 'The parameter after is no "next" of this list.')
}
