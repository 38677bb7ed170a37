import { changeOf } from '../api/content-body.ts'
import type { DocumentView } from '../api/catalog.ts'
import type { Who } from '../auth/authority.ts'
import { RefusalError } from '../base/errors.ts'
import type { History, Restoration } from '../history/history.ts'
import { refuseComments } from '../http/authorize.ts'
import { checkDocumentName } from '../protocol/document-name.ts'
import { authorOf } from '../room/ingest/author.ts'
import type { Page } from '../../persistence/store.ts'
import type { Version, VersionNotes, VersionPage } from '../../persistence/versions.ts'
import { InsideDocument, type InsideParts } from './inside-document.ts'
import type { ContentEdit, OpenDocument, OpenOptions } from './open-document.ts'

/** What a document is made of. */
export interface NewDocument extends Pick<ContentEdit, 'format' | 'root'> {
  /** One that nobody guesses, unless told. */
  readonly name?: string | undefined
  readonly content?: unknown
  /** Whose the content is in history. */
  readonly who?: Who | undefined
}

/**
 * Documents from within the process, in the words of the API over HTTP; all is allowed, but to
 * change a document of comments (`NAME::comments`) past the requests for that.
 */
export interface Documents {
  /** Opens a document, which need not be there yet, and is seen in it. @throws RefusalError */
  open(name: string, options?: OpenOptions): Promise<OpenDocument>
  /** Makes a document. @throws RefusalError `document-exists`, `document-deleted` */
  create(document?: NewDocument): Promise<DocumentView>
  /** Tells of a document. @throws RefusalError `not-found`, `document-deleted` */
  get(name: string): Promise<DocumentView>
  /** A page of documents, by name; the next page is `after` the last of it. */
  list(page?: Partial<Page>): Promise<readonly DocumentView[]>
  /** Deletes a document, and sends those away who are in it. @throws RefusalError `not-found` */
  delete(name: string): Promise<void>
  /** Brings a deleted document back. @throws RefusalError `not-found`, `document-live` */
  undelete(name: string): Promise<void>
  /** Removes a deleted document for good. @throws RefusalError `not-found`, `document-live` */
  purge(name: string): Promise<void>
  /** A page of a document's versions, newest first. @throws RefusalError `not-found` */
  versions(name: string, page?: Partial<Omit<VersionPage, 'document'>>): Promise<readonly Version[]>
  /** Keeps a document as it is now. @throws RefusalError `not-found`, `history-failed` */
  keep(name: string, notes?: VersionNotes): Promise<Version>
  /** Makes a document what it was, as one edit on top. @throws RefusalError */
  restore(
    name: string,
    version: string,
    options?: { readonly who?: Who | undefined },
  ): Promise<Restoration>
}

/** What `createDocuments` takes. */
export interface DocumentsParts extends InsideParts {
  /** None where the store keeps no versions. */
  readonly history: History | undefined
}

/** Documents, and their end. */
export interface OwnDocuments extends Documents {
  /** Closes what is open and opens nothing any more; what was written is on its way. */
  end(): void
}

const pageDefault = 20

/** Makes the face that a program has of its documents. */
export function createDocuments(parts: DocumentsParts): OwnDocuments {
  const { catalog, chance, edits } = parts
  const handles = new Set<InsideDocument>()
  let isEnded = false
  return {
    async open(given, options = {}) {
      if (isEnded) throw new RefusalError('draining')
      const handle = new InsideDocument(checked(given), options, parts, () =>
        handles.delete(handle),
      )
      handles.add(handle)
      try {
        await handle.enter()
      } catch (error) {
        handle.close()
        throw error
      }
      return handle
    },
    async create({ content, format, name: given, root, who } = {}) {
      const document = given === undefined ? chance.name() : own(given)
      if (content === undefined) await catalog.create(document)
      else {
        const wanted = changeOf(content, format, root)
        const grant = { access: 'admin', who } as const
        await edits.write({ document, grant, wanted, check: refuseThere, creates: true })
      }
      return (await catalog.describe(document, true)).view
    },
    get: async (name) => (await catalog.describe(checked(name), true)).view,
    async list({ limit = pageDefault, ...page } = {}) {
      const summaries = await catalog.list({ ...page, limit })
      return Promise.all(summaries.map((summary) => catalog.describeListed(summary)))
    },
    delete: async (name) => catalog.delete(own(name)),
    undelete: async (name) => catalog.undelete(own(name)),
    purge: async (name) => catalog.purge(own(name)),
    ...versionsFace(parts.history),
    end() {
      isEnded = true
      for (const handle of handles) handle.close()
    },
  }
}

function versionsFace(
  history: History | undefined,
): Pick<Documents, 'keep' | 'restore' | 'versions'> {
  const there = (): History => {
    if (history === undefined) throw new RefusalError('not-found', 'The store keeps no versions.')
    return history
  }
  return {
    async versions(given, { limit = pageDefault, ...page } = {}) {
      const document = checked(given)
      const found = await there().versions.list({ ...page, document, limit })
      if (found.length > 0 || (await there().knows(document))) return found
      throw new RefusalError('not-found')
    },
    async keep(name, notes = {}) {
      const kept = await there().keep(own(name), { kind: 'named', anyway: true, ...notes })
      if (kept === undefined) throw new RefusalError('history-failed')
      return kept
    },
    restore: async (name, version, { who } = {}) =>
      there().restore(own(name), version, authorOf(who)),
  }
}

/** There must be no document yet. */
function refuseThere(state: string | undefined): void {
  if (state !== undefined) throw new RefusalError('document-exists')
}

/** A document that a program may change. @throws RefusalError `bad-name`, `permission-denied` */
function own(name: string): string {
  refuseComments(name)
  return checked(name)
}

/** @throws RefusalError `bad-name` */
function checked(name: string): string {
  const verdict = checkDocumentName(name)
  if (verdict.kind === 'bad-name') throw new RefusalError('bad-name', verdict.reason)
  return verdict.name
}
