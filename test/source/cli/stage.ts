import { Database } from 'bun:sqlite'
import { join, resolve } from 'node:path'
import * as Y from 'yjs'
import { Batch } from '../../../persistence/batch.ts'
import { openSqliteStore, sqliteFileName } from '../../../persistence/sqlite/store.ts'

/** The program. */
export const main = resolve(import.meta.dir, '../../../src/main.ts')

export interface Ended {
  readonly code: number
  readonly out: string
  readonly bytes: Uint8Array
  readonly err: string
}

/** Runs `ytopic ...args` in a process of its own, to its end. */
export function ytopic(...args: readonly string[]): Promise<Ended> {
  return ytopicIn({}, ...args)
}

/** The same with variables in its environment. */
export async function ytopicIn(
  environment: Readonly<Record<string, string>>,
  ...args: readonly string[]
): Promise<Ended> {
  const child = Bun.spawn([process.execPath, main, ...args], {
    stdout: 'pipe',
    stderr: 'pipe',
    env: { ...process.env, ...environment },
  })
  const [bytes, err, code] = await Promise.all([
    new Response(child.stdout).bytes(),
    new Response(child.stderr).text(),
    child.exited,
  ])
  return { code, bytes, out: new TextDecoder().decode(bytes), err }
}

/** A document in `edits` small updates. */
export function typed(text: string): { document: Y.Doc; updates: readonly Uint8Array[] } {
  const document = new Y.Doc()
  const updates: Uint8Array[] = []
  document.on('update', (update: Uint8Array) => updates.push(update))
  for (const letter of text) document.getText('t').insert(document.getText('t').length, letter)
  return { document, updates }
}

/** Stores updates in a data directory, a batch and so a row for each. */
export async function fill(
  directory: string,
  documents: Readonly<Record<string, readonly Uint8Array[]>>,
): Promise<void> {
  const store = await openSqliteStore({ directory, durability: 'relaxed' })
  for (const [name, updates] of Object.entries(documents)) {
    for (const update of updates) {
      const batch = new Batch()
      batch.add(name, update)
      await store.append(batch)
    }
  }
  await store.close()
}

/** What is stored of a document, loaded. */
export async function storedDocument(directory: string, name: string): Promise<Y.Doc> {
  const store = await openSqliteStore({ directory, durability: 'relaxed' })
  const { snapshot, log } = await store.load(name)
  await store.close()
  const document = new Y.Doc()
  if (snapshot !== undefined) Y.applyUpdate(document, snapshot)
  for (const { bytes } of log) Y.applyUpdate(document, bytes)
  return document
}

export function textOf(document: Y.Doc): string {
  return document.getText('t').toString()
}

/** Runs SQL in a stopped data directory's database. */
export function sql(directory: string, statement: string): void {
  using database = new Database(join(directory, sqliteFileName), { readwrite: true })
  database.run(statement)
}

/** SQL that flips the last bit of a row's bytes. */
export function flip(table: 'log' | 'snapshot', where: string): string {
  return `UPDATE ${table} SET bytes = CAST(substr(bytes, 1, length(bytes) - 1) ||
    (CASE WHEN substr(bytes, -1) = x'00' THEN x'01' ELSE x'00' END) AS BLOB) WHERE ${where}`
}
