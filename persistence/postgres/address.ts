import { StoreError } from '../store-error.ts'

/** Where a database is, in the parts that are ours and those that are Bun's. */
export interface Address {
  /** For `Bun.SQL`. */
  readonly url: string
  /** For people and logs: without the password. */
  readonly place: string
  /** Whether a pooler stands between that hands on neither settings nor prepared statements. */
  readonly isPooled: boolean
}

/** Whether that names a PostgreSQL database. */
function isPostgresUrl(text: string): boolean {
  return /^postgres(ql)?:\/\//.test(text)
}

/**
 * Reads the address of a database.
 * @param text `postgres://user@host:port/database`, with `?pgbouncer=true` behind PgBouncer
 * @throws StoreError `unavailable` when it is none
 */
export function readAddress(text: string): Address {
  if (!isPostgresUrl(text) || !URL.canParse(text)) {
    const message = 'The address of the database has to be like postgres://user@host:5432/name.'
    throw new StoreError('unavailable', message)
  }
  const url = new URL(text)
  const isPooled = url.searchParams.get('pgbouncer') === 'true'
  url.searchParams.delete('pgbouncer')
  const { hostname, pathname, port, username } = url
  const user = username === '' ? '' : `${username}@`
  const place = `postgres://${user}${hostname}${port === '' ? '' : `:${port}`}${pathname}`
  return { url: url.href, place, isPooled }
}
