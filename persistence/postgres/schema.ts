import type { SQL } from 'bun'
import { StoreError } from '../store-error.ts'
import { migrations, schemaVersion } from './migrations.ts'

/** Whose turn it is to bring the tables up to date: `ytop` in ASCII. */
const migrationLock = 0x79746f70

/** The oldest PostgreSQL whose SQL this is. */
const serverVersionMin = 130_000

interface Meta {
  readonly storeId: string
  readonly version: number
  readonly oldestWriter: number
}

interface ServerSettings {
  readonly fsync: string
  readonly commit: string
  readonly standbys: string
  readonly version: string
  readonly recovering: boolean
}

/** The same of a row `n` of pg_namespace, in SQL. */
const quoted = `'"' || replace(n.nspname, '"', '""') || '"'`

/** A schema's name as SQL has it. */
export function quotedSchema(name: string): string {
  return `"${name.replaceAll('"', '""')}"`
}

/**
 * Makes the tables where there are none and brings those of an older program up to today's, in one
 * transaction and one server at a time.
 * @returns the store's id
 * @throws StoreError `version` when a newer program has changed them beyond what this one may write
 */
export async function prepareSchema(sql: SQL, schema: string, place: string): Promise<string> {
  const before = await readMeta(sql, schema)
  if (before !== undefined && before.version >= schemaVersion) return checked(before, place)
  return sql.begin(async (transaction) => {
    await transaction.unsafe('SELECT pg_advisory_xact_lock($1::bigint)', [migrationLock])
    const meta = (await readMeta(transaction, schema)) ?? (await makeMeta(transaction, schema))
    for (const { steps, oldestWriter } of migrations.slice(meta.version)) {
      for (const step of steps(schema)) await transaction.unsafe(step)
      await writeMeta(transaction, schema, 'oldest-writer', oldestWriter)
    }
    const version = Math.max(schemaVersion, meta.version)
    await writeMeta(transaction, schema, 'schema-version', version)
    return checked(meta, place)
  })
}

/**
 * Whether what the database calls committed is on its disk.
 * @returns what "saved" means then, for the operator
 * @throws StoreError `unavailable` where it would not hold, `version`
 */
export async function checkServer(
  sql: SQL,
  durability: 'full' | 'relaxed',
  place: string,
): Promise<string> {
  const [row]: readonly ServerSettings[] = await sql.unsafe(`
    SELECT current_setting('fsync') AS fsync, current_setting('synchronous_commit') AS commit,
      current_setting('synchronous_standby_names') AS standbys,
      current_setting('server_version_num') AS version, pg_is_in_recovery() AS recovering`)
  if (row === undefined) throw new Error('PostgreSQL does not tell its settings; look at its log.')
  const refuse = (what: string): never => {
    throw new StoreError('unavailable', `${place} ${what}`)
  }
  if (Number(row.version) < serverVersionMin) {
    throw new StoreError('version', `${place} is older than PostgreSQL 13; take a newer one.`)
  }
  if (row.recovering) refuse('is a standby, which takes no writes; name the primary.')
  if (durability === 'relaxed') return 'a crash of the database may take the last moments'
  if (row.fsync === 'off') {
    refuse('has fsync off, so that nothing is safe; turn it on, or take --durability relaxed.')
  }
  if (row.commit === 'off') {
    refuse(
      'has synchronous_commit off, so that a crash takes what was called saved; ' +
        'ALTER ROLE … SET synchronous_commit = on, or take --durability relaxed.',
    )
  }
  const isAlone = row.standbys === '' || row.commit === 'local'
  if (isAlone) return 'no synchronous standby: a failover may lose what was saved last'
  return `synchronous standbys: ${row.standbys}, synchronous_commit ${row.commit}`
}

function checked({ oldestWriter, storeId, version }: Meta, place: string): string {
  if (oldestWriter <= schemaVersion) return storeId
  throw new StoreError(
    'version',
    `${place} has schema version ${version}, which programs from version ${oldestWriter} on may ` +
      `write; this one knows ${schemaVersion}. Start a newer one. Nothing was changed.`,
  )
}

export async function readMeta(sql: SQL, schema: string): Promise<Meta | undefined> {
  // Not to_regclass: it may not have heard yet of what another server has just made.
  const found: readonly unknown[] = await sql.unsafe(
    `SELECT FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE ${quoted} = $1 AND c.relname = 'meta'`,
    [schema],
  )
  if (found.length === 0) return undefined
  const rows: readonly { readonly key: string; readonly value: string }[] = await sql.unsafe(
    `SELECT key, value FROM ${schema}.meta`,
  )
  const values = new Map(rows.map(({ key, value }) => [key, value]))
  return {
    storeId: values.get('store-id') ?? '',
    version: Number(values.get('schema-version') ?? 0),
    oldestWriter: Number(values.get('oldest-writer') ?? 0),
  }
}

async function makeMeta(sql: SQL, schema: string): Promise<Meta> {
  // Whoever may not make one may have been given one.
  const there: readonly unknown[] = await sql.unsafe(
    `SELECT FROM pg_namespace n WHERE ${quoted} = $1`,
    [schema],
  )
  if (there.length === 0) await sql.unsafe(`CREATE SCHEMA ${schema}`)
  await sql.unsafe(`CREATE TABLE ${schema}.meta (key text PRIMARY KEY, value text NOT NULL)`)
  const [id]: readonly { readonly value: string }[] = await sql.unsafe(
    `INSERT INTO ${schema}.meta VALUES ('store-id', gen_random_uuid()::text) RETURNING value`,
  )
  return { storeId: id?.value ?? '', version: 0, oldestWriter: 0 }
}

async function writeMeta(sql: SQL, schema: string, key: string, value: number): Promise<void> {
  await sql.unsafe(
    `INSERT INTO ${schema}.meta VALUES ($1, $2)
     ON CONFLICT (key) DO UPDATE SET value = excluded.value`,
    [key, `${value}`],
  )
}
