/** Where a Redis is, and how one gets in. */
export interface RedisAddress {
  readonly host: string
  readonly port: number
  readonly tls: boolean
  readonly user: string | undefined
  readonly password: string | undefined
  /** For people and logs: without the password. */
  readonly place: string
}

const portFallback = 6379

/**
 * Reads the address of a Redis.
 * @param text `redis://user:password@host:port`, `rediss://…` with TLS
 * @param password goes before the one that stands in it
 */
export function readRedisAddress(text: string, password?: string): RedisAddress {
  const url = new URL(text)
  const host = url.hostname.replaceAll(/^\[|\]$/g, '')
  const port = url.port === '' ? portFallback : Number(url.port)
  const given = decodeURIComponent(url.password)
  const user = decodeURIComponent(url.username)
  return {
    host,
    port,
    tls: url.protocol === 'rediss:',
    user: user === '' ? undefined : user,
    password: password ?? (given === '' ? undefined : given),
    place: `${url.protocol}//${url.hostname}:${port}`,
  }
}
