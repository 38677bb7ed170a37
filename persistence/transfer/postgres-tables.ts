import type { SQL } from 'bun'
import { readAddress } from '../postgres/address.ts'
import { poolFor, type PostgresConnection, schemaFallback } from '../postgres/connect.ts'
import type { Pool } from '../postgres/pool.ts'
import { schemaVersion } from '../postgres/migrations.ts'
import { quotedSchema, readMeta } from '../postgres/schema.ts'
import { openPostgresStore } from '../postgres/store.ts'
import { StoreError } from '../store-error.ts'
import { PostgresReader } from './postgres-reader.ts'
import { PostgresSource } from './postgres-source.ts'
import { PostgresTarget } from './postgres-target.ts'
import type { TablesSource, TablesTarget } from './tables.ts'

/** So long a table may be read or written, and a whole store; not a connection be made. */
const workMsMax = 7 * 24 * 60 * 60 * 1_000

/** What is read of a database as of one moment. */
export interface PostgresMoment {
  readonly source: TablesSource
  readonly reader: PostgresReader
}

/**
 * Has a database read as of one moment, also while servers run on it. Changes nothing.
 * @throws StoreError where there are no tables of today's in it, or it cannot be reached
 */
export async function readPostgres<Result>(
  connection: PostgresConnection,
  work: (moment: PostgresMoment) => Promise<Result>,
): Promise<Result> {
  const { place } = readAddress(connection.url)
  const schema = quotedSchema(connection.schema ?? schemaFallback)
  await withPool(connection, (pool) => pool.run((sql) => checkTables(sql, schema, place)))
  return withPool({ ...connection, silenceMs: workMsMax }, (pool) =>
    pool.run((sql) =>
      sql.begin('ISOLATION LEVEL REPEATABLE READ READ ONLY', async (transaction) => {
        const source = new PostgresSource(transaction, schema)
        return work({ source, reader: new PostgresReader(transaction, schema, place) })
      }),
    ),
  )
}

/**
 * Has an empty database written, whole or not at all: whatever ends it in the midst, nothing of it
 * is there.
 * @throws StoreError where there is something in it already, or it cannot be reached
 */
export async function writePostgres(
  connection: PostgresConnection,
  work: (target: TablesTarget) => Promise<void>,
): Promise<void> {
  const { place } = readAddress(connection.url)
  const schema = quotedSchema(connection.schema ?? schemaFallback)
  // The tables are made as a server makes them, and the database is judged as for one.
  await (await openPostgresStore(connection)).close()
  await withPool({ ...connection, silenceMs: workMsMax }, (pool) =>
    pool.run((sql) =>
      sql.begin(async (transaction) => {
        await transaction.unsafe(`SET LOCAL lock_timeout = '10s'`)
        await transaction.unsafe(
          `LOCK TABLE ${schema}.document, ${schema}.message_room, ${schema}.webhook
           IN ACCESS EXCLUSIVE MODE`,
        )
        await refuseFull(transaction, schema, place)
        const target = new PostgresTarget(transaction, schema)
        await work(target)
        await target.finish()
      }),
    ),
  )
}

async function withPool<Result>(
  connection: PostgresConnection,
  work: (pool: Pool) => Promise<Result>,
): Promise<Result> {
  const pool = poolFor(connection, { connectionsMax: 1, settings: {} })
  try {
    return await work(pool)
  } finally {
    await pool.close()
  }
}

async function checkTables(sql: SQL, schema: string, place: string): Promise<void> {
  const version = (await readMeta(sql, schema))?.version
  if (version === undefined) {
    const message = `${place} has no tables of ytopic's; name a database that a server has used.`
    throw new StoreError('unavailable', message)
  }
  if (version === schemaVersion) return
  const remedy =
    version < schemaVersion
      ? 'start a server of this version on it, which brings it up to date'
      : 'take a newer program'
  throw new StoreError(
    'version',
    `${place} has schema version ${version}, and this program reads ${schemaVersion}: ${remedy}.`,
  )
}

async function refuseFull(sql: SQL, schema: string, place: string): Promise<void> {
  const tables = ['document', 'event', 'webhook', 'message_room']
  for (const table of tables) {
    const [row]: readonly { readonly count: string }[] = await sql.unsafe(
      `SELECT count(*) AS count FROM ${schema}.${table}`,
    )
    const count = Number(row?.count ?? 0)
    if (count === 0) continue
    const what = `${count} row${count === 1 ? '' : 's'} in ${schema}.${table}`
    throw new StoreError(
      'unavailable',
      `${place} has ${what} already and nothing was written; name an empty database, or ` +
        `DROP SCHEMA ${schema} CASCADE if nobody needs what is in it.`,
    )
  }
}
