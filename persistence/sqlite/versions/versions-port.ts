import { checkDocumentName } from '../../document-name.ts'
import type { NewVersion, Version, VersionChain, VersionNotes } from '../../versions.ts'
import type { VersionPage, Versions } from '../../versions.ts'
import type { AnswerTo, Request } from '../protocol.ts'

/** Asks the thread that has the database. */
export type Ask = <Asked extends Request>(
  request: Asked,
) => Promise<AnswerTo<Asked['kind']>['value']>

/** The versions in the embedded store, asked for through its thread. */
export class SqliteVersionsPort implements Versions {
  readonly #ask: Ask

  constructor(ask: Ask) {
    this.#ask = ask
  }

  async add(version: NewVersion): Promise<Version | undefined> {
    checkDocumentName(version.document)
    return this.#ask({ kind: 'addVersion', version })
  }

  async list(page: VersionPage): Promise<readonly Version[]> {
    checkDocumentName(page.document)
    return this.#ask({ kind: 'listVersions', page })
  }

  async find(document: string, id: string): Promise<Version | undefined> {
    checkDocumentName(document)
    return this.#ask({ kind: 'findVersion', document, id })
  }

  async chain(document: string, id?: string): Promise<VersionChain> {
    checkDocumentName(document)
    return this.#ask({ kind: 'versionChain', document, id })
  }

  async note(document: string, id: string, notes: VersionNotes): Promise<Version | undefined> {
    checkDocumentName(document)
    return this.#ask({ kind: 'noteVersion', document, id, notes })
  }

  async remove(
    document: string,
    id: string,
    next?: Parameters<Versions['remove']>[2],
  ): Promise<boolean> {
    checkDocumentName(document)
    return this.#ask({ kind: 'removeVersion', document, id, next })
  }

  async size(document: string): Promise<{ readonly count: number; readonly bytes: number }> {
    checkDocumentName(document)
    return this.#ask({ kind: 'versionsSize', document })
  }
}
