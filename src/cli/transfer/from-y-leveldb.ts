import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type * as YLevel from 'y-leveldb'
import { StoreError } from '../../../persistence/store-error.ts'
import { readDocumentName } from '../../protocol/document-name.ts'
import type { Foreign } from './foreign.ts'

/**
 * The documents of a directory of y-leveldb. The updates are read as they were stored: its own way
 * of loading writes to the directory. LevelDB lets one process in at a time.
 * @throws StoreError when it is no such directory, or the package is not installed
 */
export async function levelDocuments(directory: string): Promise<readonly Foreign[]> {
  // LevelDB makes a database where it finds none.
  if (!existsSync(join(directory, 'CURRENT'))) {
    throw new StoreError(
      'unavailable',
      `${directory} is no directory of LevelDB; name one that y-leveldb has written.`,
    )
  }
  const { LeveldbPersistence, getLevelUpdates } = await loadPackage()
  const persistence = new LeveldbPersistence(directory)
  try {
    const names = await persistence.getAllDocNames()
    if (names === null) {
      const message = `${directory} cannot be read: stop the server that uses it.`
      throw new StoreError('unavailable', message)
    }
    const documents: Foreign[] = []
    for (const spelling of names) {
      // The package has no other way in that leaves the directory as it is.
      // oxlint-disable-next-line no-underscore-dangle
      const updates = await persistence._transact((database) => getLevelUpdates(database, spelling))
      const bytes = updates?.map((update) => new Uint8Array(update))
      const unreadable = 'LevelDB cannot read it.'
      documents.push({ document: nameOf(spelling), spelling, updates: bytes ?? { unreadable } })
    }
    return documents
  } finally {
    await persistence.destroy().catch(() => undefined)
  }
}

/**
 * The name by which a client finds the document here. y-websocket servers keep a document by its
 * path as it came. One that nobody can ask for by that path any more keeps it as its name.
 */
function nameOf(path: string): string {
  const verdict = readDocumentName(path)
  return verdict.kind === 'name' ? verdict.name : path
}

async function loadPackage(): Promise<typeof YLevel> {
  try {
    // Not a dependency: few need it, once, and it brings binaries.
    return await import('y-leveldb')
  } catch (error) {
    const message = 'The package y-leveldb is not installed; run npm install y-leveldb@0.2.0.'
    throw new StoreError('unavailable', message, { cause: error })
  }
}
