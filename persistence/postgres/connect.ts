import type { SQL } from 'bun'
import { readAddress } from './address.ts'
import { Pool, type PoolOptions } from './pool.ts'

/** Which database, and how it is reached. */
export interface PostgresConnection {
  /**
   * `postgres://user@host:5432/database`. `?sslmode=verify-full` and the like as Bun's SQL client
   * takes them; `?pgbouncer=true` behind PgBouncer in transaction mode.
   */
  readonly url: string
  /** Where it is not in the address; else `PGPASSWORD`. */
  readonly password?: string | undefined
  /** Certificates, as Bun's SQL client takes them. */
  readonly tls?: SQL.PostgresOrMySQLOptions['tls']
  /** Schema that holds the tables; `ytopic` unless told otherwise. */
  readonly schema?: string | undefined
  /** Milliseconds in which an answer has to come, else its connection is given up; 5,000. */
  readonly silenceMs?: number | undefined
}

export const schemaFallback = 'ytopic'
const silenceMsFallback = 5_000

/** Seconds after which a server that a cable no longer reaches is let go by the database. */
const keepalive = { tcp_keepalives_idle: 30, tcp_keepalives_interval: 10, tcp_keepalives_count: 3 }

/** A pool for that database; connects at its first question. */
export function poolFor(
  { password, silenceMs = silenceMsFallback, tls, url }: PostgresConnection,
  { settings, ...more }: Pick<PoolOptions, 'connectionsMax' | 'onLost' | 'onRenewed' | 'settings'>,
): Pool {
  const address = readAddress(url)
  return new Pool({
    ...more,
    url: address.url,
    place: address.place,
    password,
    tls,
    prepare: !address.isPooled,
    settings: address.isPooled
      ? undefined
      : { application_name: 'ytopic', ...keepalive, ...settings },
    silenceMs,
  })
}
