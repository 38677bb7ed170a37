import type { SqliteDatabase } from '../database.ts'
import type { Answer, IdempotencyRequest } from '../protocol.ts'

/** Does what is asked of keys, at a time in milliseconds since 1970. */
export function performOnIdempotency(
  database: SqliteDatabase,
  request: IdempotencyRequest,
  now: number,
): Answer {
  const { key, kind } = request
  const { idempotency } = database
  switch (kind) {
    case 'claimKey': {
      const claim = () => idempotency.claim(key, request.request, request.kept, now)
      return { kind, value: database.transact(claim) }
    }
    case 'settleKey':
      return { kind, value: database.transact(() => idempotency.settle(key, request.answer)) }
    case 'releaseKey':
      return { kind, value: database.transact(() => idempotency.release(key)) }
  }
}
