import type { Authority, Verdict } from '../auth/authority.ts'
import type { Clock } from '../base/clock.ts'
import { RefusalError, type RefusalKind } from '../base/errors.ts'
import { describeError, type Log } from '../base/log.ts'
import { decideAbout } from '../http/authorize.ts'
import type { DocumentAccess } from '../channel/channel.ts'
import type { KnownRefusal, RefusedUploads } from '../channel/refused-uploads.ts'
import type { Room } from '../room/room.ts'
import type { Rooms } from '../room/rooms.ts'
import type { Connection } from './connection.ts'

/** What it needs of the server. */
interface AccessParts {
  readonly clock: Clock
  readonly authority: Authority
  readonly limits: { readonly token_bytes_max: number }
  readonly log: Log
  readonly rooms: Rooms
  readonly uploads: RefusedUploads
}

/**
 * The way into one document for one connection; every failure on it is logged, and no token. One
 * object without closures: every connection keeps one.
 */
export class ConnectionAccess implements DocumentAccess {
  readonly document: string
  readonly #parts: AccessParts
  readonly #connection: Connection

  constructor(parts: AccessParts, document: string, connection: Connection) {
    this.document = document
    this.#parts = parts
    this.#connection = connection
  }

  get needsToken(): boolean {
    return this.#parts.authority.needsToken && this.#connection.caller.token === undefined
  }

  decide(shown: string | undefined, inside: boolean): Promise<Verdict> {
    const { caller } = this.#connection
    const asked = inside ? { ...caller, facts: { ...caller.facts, inside } } : caller
    return decideAbout(this.#parts, this.document, asked, shown)
  }

  async open(): Promise<Room> {
    const { document } = this
    const { log, rooms } = this.#parts
    try {
      return await rooms.open(document)
    } catch (error) {
      const kind = error instanceof RefusalError ? error.kind : 'store-unavailable'
      if (kind === 'document-deleted') throw error
      log.error('open-failed', { document, kind, reason: describeError(error) })
      throw error
    }
  }

  uploadRefused(kind: RefusalKind, offered: Uint8Array, held: Uint8Array): void {
    this.#parts.uploads.note(this.#origin, kind, offered, held)
  }

  refusalOf(offered: Uint8Array, held: Uint8Array): KnownRefusal | undefined {
    return this.#parts.uploads.find(this.#origin, offered, held)
  }

  get #origin(): { readonly address: string; readonly document: string } {
    const { ip: address = '' } = this.#connection.caller.facts
    return { address, document: this.document }
  }

  failed(error: unknown): void {
    this.#parts.rooms.fail(this.document, error)
    this.#connection.close('room-failed')
  }

  later(work: () => void): void {
    this.#parts.clock.soon(() => {
      try {
        work()
      } catch (error) {
        this.failed(error)
      }
    })
  }
}
