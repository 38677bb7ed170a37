import { BlockList, isIP } from 'node:net'

/** Who sent a request, as far as that can be believed. */
export interface RequestClient {
  /** Address of the client; of the proxy where that is not one of ours, empty where unknown. */
  readonly address: string
  /** The host and port that the client asked for; undefined where it said none. */
  readonly host: string | undefined
}

/** The proxies whose word is taken for who the client is. */
export class TrustedProxies {
  readonly #list = new BlockList()
  readonly #some: boolean

  /**
   * @param entries addresses, networks as `10.0.0.0/8`, or `loopback`
   * @throws Error when one is none of those
   */
  constructor(entries: readonly string[]) {
    this.#some = entries.length > 0
    for (const entry of entries) {
      if (entry === 'loopback') {
        this.#list.addSubnet('127.0.0.0', 8, 'ipv4')
        this.#list.addAddress('::1', 'ipv6')
        continue
      }
      const [address = '', bits] = entry.split('/')
      if (bits === undefined) this.#list.addAddress(address, familyOf(address))
      else this.#list.addSubnet(address, Number(bits), familyOf(address))
    }
  }

  /** Who sent a request that came over a connection from `peer`. */
  clientOf(headers: Headers, peer: string): RequestClient {
    const address = plainAddress(peer)
    const host = headers.get('host') ?? undefined
    if (!this.#some || !this.#trusts(address)) return { address, host }
    return {
      address: this.#nearestStranger(headers.get('x-forwarded-for'), address),
      host: headers.get('x-forwarded-host') ?? host,
    }
  }

  /**
   * Each proxy appends whom it was called by, so what stands on the right was written last: the
   * first stranger from there is the client. What stands further left anybody may have written.
   */
  #nearestStranger(chain: string | null, peer: string): string {
    let known = peer
    for (const part of (chain ?? '').split(',').toReversed()) {
      const address = plainAddress(part.trim())
      if (isIP(address) === 0) return known
      known = address
      if (!this.#trusts(address)) return address
    }
    return known
  }

  #trusts(address: string): boolean {
    const family = isIP(address)
    return family !== 0 && this.#list.check(address, family === 4 ? 'ipv4' : 'ipv6')
  }
}

/**
 * What a limit per address counts by: an IPv4 address, or the 64 bits of an IPv6 address that one
 * customer of a network has for themselves.
 */
export function addressGroup(address: string): string {
  if (isIP(address) !== 6) return address
  const [head = '', tail] = address.split('::')
  const groups = head === '' ? [] : head.split(':')
  const behind = tail === undefined || tail === '' ? [] : tail.split(':')
  const skipped = tail === undefined ? 0 : Math.max(0, 8 - groups.length - behind.length)
  const whole = [...groups, ...Array<string>(skipped).fill('0'), ...behind].slice(0, 4)
  return `${whole.map((group) => Number.parseInt(group, 16).toString(16)).join(':')}::/64`
}

/** Without a port, brackets, a zone and the prefix of an IPv4 address in IPv6 clothes. */
function plainAddress(written: string): string {
  const bracketed = /^\[([^\]]*)\]/.exec(written)?.[1]
  const address = bracketed ?? (/^[\d.]+:\d+$/.test(written) ? written.split(':')[0] : written)
  return (address ?? '').replace(/%.*$/, '').replace(/^::ffff:(?=\d+\.)/i, '')
}

function familyOf(address: string): 'ipv4' | 'ipv6' {
  return isIP(address) === 4 ? 'ipv4' : 'ipv6'
}
