import type { SQL } from 'bun'
import type { StoreStage } from '../../../../persistence/contract/stage.ts'
import {
  openPostgresStore,
  type PostgresOptions,
  type PostgresStore,
} from '../../../../persistence/postgres/store.ts'
import type { TestPostgres } from '../../../support/harness/postgres.ts'

let schemas = 0

/** A store in a schema of its own. */
export interface PostgresStage extends StoreStage {
  readonly store: PostgresStore
  readonly schema: string
  readonly options: PostgresOptions
  /** Another one on the same tables, as of another server. */
  another(options?: Partial<PostgresOptions>): Promise<PostgresStore>
  /** Its tables, for whoever looks at them or breaks them. */
  readonly sql: SQL
}

export async function postgresStage(
  { sql, url }: TestPostgres,
  more: Partial<PostgresOptions> = {},
): Promise<PostgresStage> {
  const schema = `stage_${++schemas}`
  const options = { url, schema, ...more }
  const opened: PostgresStore[] = []
  const open = async (other: Partial<PostgresOptions> = {}): Promise<PostgresStore> => {
    const store = await openPostgresStore({ ...options, ...other })
    opened.push(store)
    return store
  }
  const store = await open()
  return {
    store,
    schema,
    options,
    sql,
    another: open,
    async reopen() {
      await opened.at(-1)?.close()
      return open()
    },
    async dispose() {
      await Promise.all(opened.map((one) => one.close()))
      await sql.unsafe(`DROP SCHEMA ${schema} CASCADE`)
    },
  }
}
