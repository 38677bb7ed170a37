import type { Who } from '../auth/authority.ts'
import type { ConvertedFormat, RootKind } from '../ydoc/content/content-wish.ts'

/**
 * A `Y.Doc` as far as this package says: its types are those of your yjs, so name them,
 * `transact((document: Y.Doc) => …)`.
 */
export interface AnyDoc {
  readonly clientID: number
  readonly share: ReadonlyMap<string, unknown>
}

/** As a method's, its parameter may be the `Doc` of your yjs, which is an `AnyDoc`. */
interface Changing<Result> {
  change(document: AnyDoc): Exclude<Result, PromiseLike<unknown>>
}

/** What changes a document in one transaction; it gives no promise. */
export type DocumentChange<Result> = Changing<Result>['change']

/** How a document is opened. */
export interface OpenOptions {
  /** Whose what is written is in history, and who the others see. */
  readonly who?: Who | undefined
  /** What is shown to the others from the start, as `show` does. */
  readonly presence?: object | undefined
}

/** Which root of a document is meant, where it has several. */
export interface RootOptions {
  readonly root?: string | undefined
  readonly kind?: RootKind | undefined
}

/** Content by its form. */
export interface ContentByFormat {
  /** The whole state as one Yjs V1 update. */
  readonly update: Uint8Array
  readonly json: unknown
  readonly delta: unknown
  readonly prosemirror: unknown
  readonly text: string
  readonly markdown: string
  readonly html: string
}

/** A change by content, in the words of `PATCH` over HTTP; one of the three is given. */
export interface ContentEdit extends RootOptions {
  /** Makes the content so, as the least change. */
  readonly replace?: unknown
  readonly append?: unknown
  readonly prepend?: unknown
  /** What the content is; `text` unless told otherwise. */
  readonly format?: ConvertedFormat | undefined
}

/** A document that the program has open, as one more of those who are in it. */
export interface OpenDocument {
  readonly name: string
  /** Who it is opened as. */
  readonly who: Who | undefined
  /**
   * Has a function change the document as it is at that moment, in one transaction, in a copy of
   * the program's own. Resolves to what the function gives, once what it changed is on disk; when
   * it throws, nothing of it is kept. The function gives no promise and keeps nothing of the copy.
   * The copy is made on the thread of the caller, which is the server's: for large documents, and
   * where content is at hand in some form, `edit` and `read` are made beside it.
   * @throws RefusalError when it is not taken, and whatever the function throws
   */
  transact<Result>(change: DocumentChange<Result>): Promise<Result>
  /** Reads the content, with all that was written until now. @throws RefusalError */
  read<Format extends keyof ContentByFormat>(
    format: Format,
    options?: RootOptions,
  ): Promise<ContentByFormat[Format]>
  /**
   * Changes the content as a request over HTTP does. Resolves when it is on disk.
   * @returns whether that was a change
   * @throws RefusalError when nothing was written
   */
  edit(change: ContentEdit): Promise<boolean>
  /**
   * Shows that to the others as an awareness state, with `who` in its `user`; undefined shows
   * nothing any more.
   */
  show(state: object | undefined): void
  /** Leaves: the others see it go. What was written and is not on disk yet is written. */
  close(): void
}
