const place = 'token'

/**
 * The token to show the server, where one is needed: from the address, as `/#token=…`, else what
 * this tab was given before. What stands behind `#` is sent to nobody, and the page takes it out of
 * the address bar, so that a link passed on does not pass on one's access.
 */
export function takeToken(address: URL): string | undefined {
  const given = new URLSearchParams(address.hash.slice(1)).get(place)
  try {
    if (given !== null && given !== '') sessionStorage.setItem(place, given)
    return sessionStorage.getItem(place) ?? undefined
  } catch {
    // Storage may be forbidden; then a reload has to be given it again.
    return given ?? undefined
  }
}

/** Opens the page anew with a token that somebody has typed. */
export function useToken(token: string): void {
  location.hash = new URLSearchParams({ [place]: token }).toString()
  location.reload()
}

/** The address of a new tab of the same person, which takes the token along. */
export function withToken(address: URL, token: string | undefined): URL {
  const other = new URL(address)
  if (token !== undefined) other.hash = new URLSearchParams({ [place]: token }).toString()
  return other
}
