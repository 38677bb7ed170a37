import type { SqliteDatabase } from '../database.ts'
import type { Answer, MessagesRequest } from '../protocol.ts'

/** Does what is asked of messages, at a time in milliseconds since 1970. */
export function performOnMessages(
  database: SqliteDatabase,
  request: MessagesRequest,
  now: number,
): Answer {
  const { kind } = request
  const { messages } = database
  switch (kind) {
    case 'postMessages': {
      const post = () => messages.post(request.messages, request.kept, now)
      return { kind, value: database.transact(post) }
    }
    case 'pageMessages':
      return { kind, value: messages.page(request.room, request.before, request.limit) }
    case 'findMessage':
      return { kind, value: messages.find(request.room, request.seq) }
    case 'changeMessage': {
      const { room, seq, text } = request
      return { kind, value: database.transact(() => messages.change(room, seq, text, now)) }
    }
    case 'markMessages': {
      const { reader, room, seq } = request
      return { kind, value: database.transact(() => messages.mark(room, reader, seq)) }
    }
    case 'readingMessages':
      return { kind, value: messages.reading(request.room, request.reader) }
    case 'messageHeads':
      return { kind, value: messages.heads(request.believed) }
    case 'messagesSince':
      return { kind, value: messages.since(request.room, request.act, request.limit) }
    case 'dropOldMessages': {
      const { limit, ms } = request
      return { kind, value: database.transact(() => messages.dropOld(now - ms, limit)) }
    }
  }
}
