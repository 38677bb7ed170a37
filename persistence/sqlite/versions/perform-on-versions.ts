import type { SqliteDatabase } from '../database.ts'
import type { Answer, VersionsRequest } from '../protocol.ts'

/** Does what is asked of versions, at a time in milliseconds since 1970. */
export function performOnVersions(
  database: SqliteDatabase,
  request: VersionsRequest,
  now: number,
): Answer {
  const { kind } = request
  const { versions } = database
  switch (kind) {
    case 'addVersion':
      return { kind, value: database.transact(() => versions.add(request.version, now)) }
    case 'listVersions':
      return { kind, value: versions.list(request.page) }
    case 'findVersion':
      return { kind, value: versions.find(request.document, request.id) }
    case 'versionChain':
      return { kind, value: versions.chain(request.document, request.id) }
    case 'noteVersion': {
      const { document, id, notes } = request
      return { kind, value: database.transact(() => versions.note(document, id, notes)) }
    }
    case 'removeVersion': {
      const { document, id, next } = request
      return { kind, value: database.transact(() => versions.remove(document, id, next)) }
    }
    case 'versionsSize':
      return { kind, value: versions.size(request.document) }
  }
}
