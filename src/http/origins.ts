import { isIP } from 'node:net'
import { isLoopback } from '../base/loopback.ts'

/** Where a request comes from, as its browser says; programs that are none say nothing. */
export type Provenance =
  /** Our own page, a person's address bar, or no browser. */
  | { readonly kind: 'own' }
  /** A page of another site that may use this server. */
  | { readonly kind: 'listed'; readonly origin: string }
  /** A page of a site that nobody has listed. */
  | { readonly kind: 'foreign'; readonly origin: string }

/** Which sites may use this server from a browser, and by which names it is known. */
export class Origins {
  readonly #exact: ReadonlySet<string>
  /** Scheme and domain of `https://*.example.org`. */
  readonly #below: readonly (readonly [scheme: string, domain: string])[]
  readonly #loopbackOnly: boolean

  /**
   * @param listed origins as `https://app.example.org`, `https://*.example.org`, or `*` for all
   * @param loopbackOnly whether the server is reached by names of this machine only
   */
  constructor(listed: readonly string[], loopbackOnly: boolean) {
    const origins = listed.map((origin) => origin.toLowerCase())
    this.#exact = new Set(origins.filter((origin) => !origin.includes('://*.')))
    this.#below = origins.flatMap((origin) => {
      const [scheme, domain] = origin.split('://*')
      return scheme === undefined || domain === undefined ? [] : [[scheme, domain] as const]
    })
    this.#loopbackOnly = loopbackOnly
  }

  /** Those that may also show our page in a frame, as a Content-Security-Policy writes them. */
  get framing(): readonly string[] {
    return [...this.#exact, ...this.#below.map(([scheme, domain]) => `${scheme}://*${domain}`)]
  }

  /** Whether every site may use this server. */
  get open(): boolean {
    return this.#exact.has('*')
  }

  /**
   * Whether a request may have been meant for this server. A site can have its own name lead to
   * 127.0.0.1 (DNS rebinding), and then a browser takes our server for that site's.
   * @param host what the client asked for, with its port
   */
  knows(host: string | undefined): boolean {
    if (!this.#loopbackOnly || host === undefined) return true
    const name = hostName(`http://${host}`)
    if (name === undefined) return false
    if (isLoopback(name) || isIP(name.replace(/^\[|\]$/g, '')) !== 0) return true
    return [...this.#exact].some((origin) => hostName(origin) === name)
  }

  /**
   * Where a request comes from. `Sec-Fetch-Site` goes first, as no page can write it.
   * @param host what the client asked for, with its port
   */
  provenance(headers: Headers, host: string | undefined): Provenance {
    const site = headers.get('sec-fetch-site')
    if (site === 'same-origin' || site === 'none') return { kind: 'own' }
    const origin = headers.get('origin')?.toLowerCase()
    if (origin === undefined) {
      return site === null ? { kind: 'own' } : { kind: 'foreign', origin: site }
    }
    if (this.#lists(origin)) return { kind: 'listed', origin }
    const theirs = hostName(origin)
    const ours = host === undefined ? undefined : hostName(`http://${host}`)
    if (theirs === undefined || ours === undefined) return { kind: 'foreign', origin }
    const same = theirs === ours || (isLoopback(theirs) && isLoopback(ours))
    return same ? { kind: 'listed', origin } : { kind: 'foreign', origin }
  }

  #lists(origin: string): boolean {
    if (this.open || this.#exact.has(origin)) return true
    return this.#below.some(
      ([scheme, domain]) => origin.startsWith(`${scheme}://`) && origin.endsWith(domain),
    )
  }
}

/** The host name of an address, in the form in which names can be compared. */
function hostName(url: string): string | undefined {
  return URL.parse(url)?.hostname.toLowerCase() || undefined
}
