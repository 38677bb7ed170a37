import { checkDocumentName } from '../../document-name.ts'
import type { Messages, MessagesKept, MessagesSince, NewMessage } from '../../messages.ts'
import type { Reading, RoomHead, StoredMessage } from '../../messages.ts'
import type { Ask } from '../versions/versions-port.ts'

/** The messages in the embedded store, asked for through its thread. */
export class SqliteMessagesPort implements Messages {
  readonly #ask: Ask

  constructor(ask: Ask) {
    this.#ask = ask
  }

  async post(
    messages: readonly NewMessage[],
    kept: MessagesKept,
  ): Promise<readonly StoredMessage[]> {
    for (const { room } of messages) checkDocumentName(room)
    return this.#ask({ kind: 'postMessages', messages, kept })
  }

  async page(room: string, before: number, limit: number): Promise<readonly StoredMessage[]> {
    checkDocumentName(room)
    return this.#ask({ kind: 'pageMessages', room, before, limit })
  }

  async find(room: string, seq: number): Promise<StoredMessage | undefined> {
    checkDocumentName(room)
    return this.#ask({ kind: 'findMessage', room, seq })
  }

  async change(
    room: string,
    seq: number,
    text: string | undefined,
  ): Promise<StoredMessage | undefined> {
    checkDocumentName(room)
    return this.#ask({ kind: 'changeMessage', room, seq, text })
  }

  async mark(room: string, reader: string, seq: number): Promise<void> {
    checkDocumentName(room)
    return this.#ask({ kind: 'markMessages', room, reader, seq })
  }

  async reading(room: string, reader: string | undefined): Promise<Reading> {
    checkDocumentName(room)
    return this.#ask({ kind: 'readingMessages', room, reader })
  }

  async heads(believed: readonly RoomHead[]): Promise<readonly RoomHead[]> {
    for (const { room } of believed) checkDocumentName(room)
    return this.#ask({ kind: 'messageHeads', believed })
  }

  async since(room: string, act: number, limit: number): Promise<MessagesSince> {
    checkDocumentName(room)
    return this.#ask({ kind: 'messagesSince', room, act, limit })
  }

  async dropOld(ms: number, limit: number): Promise<number> {
    return this.#ask({ kind: 'dropOldMessages', ms, limit })
  }
}
