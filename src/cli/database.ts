import { readFileSync, rmSync } from 'node:fs'
import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { NewFile } from '../../persistence/sqlite/new-file.ts'
import type { SqliteReader } from '../../persistence/sqlite/reader.ts'
import { schemaVersion } from '../../persistence/sqlite/migrations.ts'
import { openDatabase } from '../../persistence/sqlite/schema.ts'
import type { PostgresConnection } from '../../persistence/postgres/connect.ts'
import { type PostgresMoment, readPostgres } from '../../persistence/transfer/postgres-tables.ts'
import { writePostgres } from '../../persistence/transfer/postgres-tables.ts'
import { readSqlite, writeSqlite } from '../../persistence/transfer/sqlite-tables.ts'
import type { TablesSource, TablesTarget } from '../../persistence/transfer/tables.ts'
import type { ValuesOf } from '../config/flag.ts'
import type { dataFlags, Terminal } from './command.ts'
import { counted } from './quote.ts'

type Values = Omit<ValuesOf<typeof dataFlags>, 'data'>

/** How the database that is named is reached; undefined where none is. */
export function connectionOf(values: Values): PostgresConnection | undefined {
  const { store: url, storeCaFile: caFile, storePasswordFile: passwordFile } = values
  if (url === undefined) return undefined
  const ca = caFile === undefined ? undefined : readFileSync(caFile, 'utf8')
  return {
    url,
    password: passwordFile === undefined ? undefined : readFileSync(passwordFile, 'utf8').trim(),
    tls: ca === undefined ? undefined : { ca, rejectUnauthorized: true },
  }
}

/** Writes a database, as of one moment, to a file of the embedded store: whole, or not at all. */
export async function backUp(
  connection: PostgresConnection,
  file: string,
  terminal: Terminal,
): Promise<void> {
  const made = new NewFile(file)
  try {
    await readPostgres(connection, ({ source }: PostgresMoment) =>
      writeSqlite(made.unfinished, (target) => copy(source, target, terminal)),
    )
    made.finish()
  } finally {
    made.drop()
  }
}

/**
 * Puts a file of the embedded store into an empty database: all of it, or nothing.
 * @param reader of that file
 */
export async function putBack(
  file: string,
  reader: SqliteReader,
  connection: PostgresConnection,
  terminal: Terminal,
): Promise<void> {
  await ofToday(file, reader, (today) =>
    readSqlite(today, (source) =>
      writePostgres(connection, (target) => copy(source, target, terminal)),
    ),
  )
}

/** The file, or a copy that is brought up to the tables of today. */
async function ofToday<Result>(
  file: string,
  reader: SqliteReader,
  work: (today: string) => Promise<Result>,
): Promise<Result> {
  if (reader.version === schemaVersion) return work(file)
  const directory = await mkdtemp(join(tmpdir(), 'ytopic-restore-'))
  try {
    const today = resolve(directory, 'today.sqlite')
    reader.copyTo(today)
    openDatabase(today, 'relaxed').close()
    return await work(today)
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
}

async function copy(source: TablesSource, target: TablesTarget, terminal: Terminal): Promise<void> {
  const total = await source.total()
  const now = new Date(terminal.wallClock()).toISOString()
  let done = 0
  for await (const row of source.rows(now)) {
    await target.put(row)
    done++
    terminal.progress(`${done} of about ${counted(total, 'row')}`)
  }
}
