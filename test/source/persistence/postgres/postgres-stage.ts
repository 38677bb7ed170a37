import type { SQL } from 'bun'
import { afterAll, afterEach, beforeAll, beforeEach } from 'bun:test'
import type { StoreStage } from '../../../../persistence/contract/stage.ts'
import {
  openPostgresStore,
  type PostgresOptions,
  type PostgresStore,
} from '../../../../persistence/postgres/store.ts'
import { startPostgres, type TestPostgres } from '../../../support/harness/postgres.ts'

/** A database server starts slowly on a machine that has other work. */
const startMs = 60_000

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

/**
 * For the top of a test file: a database server for all of its tests, and a store for each.
 * @param give gets them before each test
 */
export function stageForEach(give: (postgres: TestPostgres, stage: PostgresStage) => void): void {
  let postgres: TestPostgres
  let stage: PostgresStage
  beforeAll(async () => {
    postgres = await startPostgres()
  }, startMs)
  afterAll(() => postgres.stop())
  beforeEach(async () => {
    stage = await postgresStage(postgres)
    give(postgres, stage)
  })
  afterEach(() => stage.dispose())
}
