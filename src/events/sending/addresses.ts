import { BlockList, isIP } from 'node:net'

/** IPv4 networks that are not for everybody: private, of this machine, of tests, of groups. */
const closed4 = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.88.99.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/4',
  '240.0.0.0/4',
]

/** Of IPv6 only what is given out to the world is open, but for what leads elsewhere. */
const open6 = '2000::/3'
const closed6 = ['2001::/23', '2001:db8::/32', '2002::/16', '3fff::/20']

const closed = networks(closed4, 'ipv4')
const given = networks([open6], 'ipv6')
const withheld = networks(closed6, 'ipv6')

/** Whether an IP address is anybody's to reach: not private, nor of this machine. */
export function isPublic(address: string): boolean {
  switch (isIP(address)) {
    case 4:
      return !closed.check(address, 'ipv4')
    case 6:
      // An IPv4 address in IPv6 clothes is none of them.
      return given.check(address, 'ipv6') && !withheld.check(address, 'ipv6')
    default:
      return false
  }
}

function networks(list: readonly string[], family: 'ipv4' | 'ipv6'): BlockList {
  const blocks = new BlockList()
  for (const network of list) {
    const [address = '', bits] = network.split('/')
    blocks.addSubnet(address, Number(bits), family)
  }
  return blocks
}
