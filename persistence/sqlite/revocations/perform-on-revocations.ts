import type { SqliteDatabase } from '../database.ts'
import type { Answer, RevocationsRequest } from '../protocol.ts'

/** Does what is asked of revocations, at a time in milliseconds since 1970. */
export function performOnRevocations(
  database: SqliteDatabase,
  request: RevocationsRequest,
  now: number,
): Answer {
  const { kind } = request
  const { revocations } = database
  switch (kind) {
    case 'addRevocation': {
      const add = (): void => revocations.add(request.what, request.kept, now)
      return { kind, value: database.transact(add) }
    }
    case 'revocationsSince':
      return { kind, value: revocations.since(request.place) }
  }
}
