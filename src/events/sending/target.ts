import { lookup } from 'node:dns/promises'
import { isIP } from 'node:net'
import { isPublic } from './addresses.ts'

/** Finds the IP addresses of a host name. @throws Error where there are none */
export type Resolve = (host: string) => Promise<readonly string[]>

/** Asks the machine's own resolver. */
export const systemResolve: Resolve = async (host) => {
  const found = await lookup(host, { all: true })
  return found.map(({ address }) => address)
}

/** Where a delivery may go to. */
export interface TargetParts {
  readonly resolve: Resolve
  /** Whether endpoints may be in private networks and on this machine, and without TLS. */
  readonly allowPrivate: boolean
}

/** An endpoint's place: the address to connect to, or why there is none. */
export type Target =
  | { readonly kind: 'address'; readonly address: string }
  | { readonly kind: 'refused' | 'unknown'; readonly reason: string }

const urlCharsMax = 2_048
const allowing = 'the operator allows that with --webhooks-allow-private'

/** Reads the URL of an endpoint. @returns a sentence where it cannot be one */
export function readUrl(text: string, { allowPrivate }: TargetParts): URL | string {
  const url = URL.parse(text)
  if (url === null || text.length > urlCharsMax || !/^https?:$/.test(url.protocol)) {
    return 'Give an https URL.'
  }
  if (url.username !== '' || url.password !== '') return 'Leave name and password out of the URL.'
  if (url.protocol === 'http:' && !allowPrivate) return `Use https; ${allowing}.`
  return url
}

/**
 * Finds the one address that a delivery connects to. Whoever rules a name may lead it anywhere, at
 * any time: so every address that it has must be public, each time, and it is not looked up again.
 */
export async function targetOf(url: URL, { allowPrivate, resolve }: TargetParts): Promise<Target> {
  const host = url.hostname.replace(/^\[|\]$/g, '')
  try {
    const addresses = isIP(host) === 0 ? await resolve(host) : [host]
    const [first] = addresses
    if (first === undefined) return unknown(host)
    if (allowPrivate || addresses.every(isPublic)) return { kind: 'address', address: first }
    return { kind: 'refused', reason: `${host} is in a private network; ${allowing}.` }
  } catch {
    return unknown(host)
  }
}

function unknown(host: string): Target {
  return { kind: 'unknown', reason: `${host} has no address.` }
}
