import { createHash } from 'node:crypto'
import { changeOf } from '../api/content-body.ts'
import { settle } from '../api/catalog.ts'
import type { SessionView, SessionViews } from '../api/session-view.ts'
import type { Who } from '../auth/authority.ts'
import type { Clock } from '../base/clock.ts'
import { RefusalError } from '../base/errors.ts'
import { describeError, type Log, stackOf } from '../base/log.ts'
import { authorOf } from '../room/ingest/author.ts'
import type { RoomsObserver } from '../room/room-parts.ts'
import type { Seed } from '../storage/loader.ts'
import { areComments } from '../../persistence/companion.ts'
import type { Author } from '../../persistence/store.ts'
import type { StoredEvent } from '../../persistence/outbox.ts'
import type { Version } from '../../persistence/versions.ts'
import type { Converter } from '../ydoc/converter.ts'
import type { ContentEdit } from './open-document.ts'

/** What a new document begins with: a Yjs V1 update, or content in another form. */
export type NewContent =
  | Uint8Array
  | (Pick<ContentEdit, 'format' | 'root'> & {
      readonly content: unknown
      /** Whose it is in history. */
      readonly who?: Who | undefined
    })

/** A document has changed since that was told last. */
export interface DocumentChanged {
  readonly document: string
  /** Who wrote, as far as that is known. */
  readonly authors: readonly Author[]
  /** When it was told. */
  readonly time: Date
}

/** Somebody has come to a document, or has left it. */
export interface SessionChanged {
  readonly document: string
  readonly session: SessionView
}

/** A version of a document was made. */
export interface VersionMade {
  readonly document: string
  readonly version: Version
}

/**
 * What a program hears of its documents. All but `onLoad` are told after the fact and waited for by
 * nobody; what they throw, or when they do not end in time, is logged.
 */
export interface Hooks {
  /**
   * What a document is to begin with that nobody has written yet. It is on disk, once, before the
   * document is opened to anybody; only those wait who open it. When it throws, or does not answer
   * within `hookMsMax`, they are told to try again. Give the same content each time: of several
   * servers that ask at once, each may store it.
   */
  readonly onLoad?:
    | ((document: string) => NewContent | undefined | Promise<NewContent | undefined>)
    | undefined
  /** People have written: at most once in 10 s for each document, and when they stop. */
  readonly onChange?: ((change: DocumentChanged) => void | Promise<void>) | undefined
  readonly onConnect?: ((change: SessionChanged) => void | Promise<void>) | undefined
  readonly onDisconnect?: ((change: SessionChanged) => void | Promise<void>) | undefined
  /** On the server that has made it. */
  readonly onVersion?: ((made: VersionMade) => void | Promise<void>) | undefined
}

/** What calling a program's hooks works with. */
export interface HookParts {
  readonly clock: Clock
  readonly converter: Converter
  readonly views: SessionViews
  readonly limits: { readonly hook_ms_max: number }
  readonly log: Log
}

/** Calls a program's hooks; what becomes of one is nobody else's affair. */
export class HookCalls {
  readonly #hooks: Hooks
  readonly #parts: HookParts
  readonly observer: RoomsObserver

  constructor(hooks: Hooks, parts: HookParts) {
    this.#hooks = hooks
    this.#parts = parts
    const { onConnect, onDisconnect } = hooks
    const view = (
      document: string,
      session: Parameters<SessionViews['of']>[0],
    ): SessionChanged => ({
      document,
      session: parts.views.of(session),
    })
    this.observer = {
      ...(onConnect && {
        joined: (document, session) =>
          this.#tell('onConnect', document, () => onConnect(view(document, session))),
      }),
      ...(onDisconnect && {
        left: (document, session) =>
          this.#tell('onDisconnect', document, () => onDisconnect(view(document, session))),
      }),
    }
  }

  /** What new documents begin with; undefined where the program does not say. */
  get seed(): Seed | undefined {
    const { onLoad } = this.#hooks
    return (
      onLoad &&
      (async (document, incarnation) =>
        areComments(document) ? undefined : this.#load(document, incarnation, onLoad))
    )
  }

  /** Some documents have changed. */
  readonly changed = (events: readonly StoredEvent[]): void => {
    const { onChange } = this.#hooks
    if (onChange === undefined) return
    for (const { data, document, time } of events) {
      const change = { document, authors: authorsIn(data), time: new Date(time) }
      this.#tell('onChange', document, () => onChange(change))
    }
  }

  /** A version was made. */
  readonly kept = (document: string, version: Version): void => {
    const { onVersion } = this.#hooks
    if (onVersion) this.#tell('onVersion', document, () => onVersion({ document, version }))
  }

  /** Nobody waits for it. */
  #tell(hook: string, document: string, call: () => void | Promise<void>): void {
    this.#called(hook, document, call).catch(() => undefined)
  }

  async #load(
    document: string,
    incarnation: string,
    onLoad: NonNullable<Hooks['onLoad']>,
  ): Promise<Awaited<ReturnType<Seed>>> {
    try {
      const content = await this.#called('onLoad', document, () => onLoad(document))
      if (content === undefined) return undefined
      if (content instanceof Uint8Array) return { update: content, author: undefined }
      const update = await this.#update(content, incarnation)
      return update && { update, author: authorOf(content.who) }
    } catch (error) {
      throw new RefusalError(
        'hook-failed',
        error instanceof RefusalError ? error.detail : undefined,
      )
    }
  }

  /** The same structs for the same content in the same life: who stores it again adds nothing. */
  async #update(
    { content, format, root }: Exclude<NewContent, Uint8Array>,
    incarnation: string,
  ): Promise<Uint8Array | undefined> {
    const wanted = changeOf(content, format, root)
    if (wanted.kind === 'update') return wanted.update
    const said = JSON.stringify([incarnation, wanted.change])
    const clientId = createHash('sha256').update(said).digest().readUInt32BE(0)
    return settle(await this.#parts.converter.edit([], wanted.change, clientId)).update
  }

  /** What a hook gives, in time. */
  async #called<Result>(
    hook: string,
    document: string,
    call: () => Result | Promise<Result>,
  ): Promise<Result> {
    const { clock, limits, log } = this.#parts
    const late = Promise.withResolvers<never>()
    const cancel = clock.after(limits.hook_ms_max, () =>
      late.reject(new Error(`it did not end within ${limits.hook_ms_max} ms (hookMsMax)`)),
    )
    try {
      return await Promise.race([late.promise, (async () => call())()])
    } catch (error) {
      const fields = { hook, document, reason: describeError(error), stack: stackOf(error) }
      log.error('hook-failed', fields)
      throw error
    } finally {
      cancel()
    }
  }
}

/** Who wrote, of a change as it is stored. */
function authorsIn(data: string): readonly Author[] {
  const read: unknown = JSON.parse(data)
  const isObject = typeof read === 'object' && read !== null
  const authors: unknown = isObject && 'authors' in read ? read.authors : []
  return Array.isArray(authors) ? authors.filter(isAuthor) : []
}

function isAuthor(value: unknown): value is Author {
  return typeof value === 'object' && value !== null && 'id' in value
}
