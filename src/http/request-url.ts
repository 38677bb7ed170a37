/** The path of a request as it came, without the query; never normalised, `..` stays. */
export function pathOf(url: string): string {
  const path = pathAndQuery(url)
  const query = path.indexOf('?')
  return query < 0 ? path : path.slice(0, query)
}

/** What stands behind the question mark. */
export function queryOf(url: string): URLSearchParams {
  const path = pathAndQuery(url)
  const query = path.indexOf('?')
  return new URLSearchParams(query < 0 ? '' : path.slice(query + 1))
}

/** Bun puts scheme and `Host` before the path, but for a host that does not parse. */
function pathAndQuery(url: string): string {
  if (url.startsWith('/')) return url
  const start = url.indexOf('/', url.indexOf('//') + 2)
  return start < 0 ? '/' : url.slice(start)
}
