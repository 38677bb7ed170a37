import { TcpClient } from '../../support/harness/tcp-client.ts'
import { until } from '../../support/harness/wait.ts'
import type { Attack } from './attack.ts'
import { Attacker, type Victim, varUint, wires } from './attacker.ts'

/** Clients that come and go, some of them before they are let in. */
export const comeAndGo: Attack = {
  name: 'connections that come and go by the thousand',
  async run(victim) {
    const atOnce = 50
    for (let round = 0; round < 10; round++) {
      await Promise.all(
        Array.from({ length: atOnce }, async (_, index) => {
          const wire = wires[index % wires.length] ?? raise()
          const attacker = await Attacker.connect(victim, wire)
          if (index % 3 > 0) for (const frame of wire.hello(victim)) attacker.sayRaw(frame)
          if (index % 3 > 1) await attacker.spent()
          attacker.end()
        }),
      )
    }
  },
}

/** A document after the other, on one socket and on many. */
export const manyDocuments: Attack = {
  name: 'documents by the thousand',
  async run(victim, random) {
    const prefix = `many ${random.between(0, 2 ** 40)}`
    const [, hocuspocus] = wires
    const attacker = await Attacker.connect(victim, hocuspocus ?? raise())
    for (let count = 0; count < 1_100; count++) {
      const other = { ...victim, document: `${prefix} ${count}` }
      for (const frame of (hocuspocus ?? raise()).hello(other)) attacker.sayRaw(frame)
    }
    await attacker.spent()
    attacker.end()
  },
}

const names: readonly string[] = [
  '..%2F..%2Fetc%2Fpasswd',
  '../../../etc/passwd',
  '..',
  '%2e%2e%2f%2e%2e',
  '__proto__',
  'constructor',
  'a%00b',
  '%ff%fe',
  '%',
  'x'.repeat(513),
  'ytopic.sqlite',
  'CON',
  'a%0d%0aSet-Cookie:%20x=1',
  "';DROP TABLE snapshot;--",
  '%F0%9F%8C%B1',
]

/** Names that mean something elsewhere. */
export const pathTricks: Attack = {
  name: 'names that are paths, properties and commands',
  async run(victim) {
    for (const document of names) {
      const client = await TcpClient.upgrade(victim.port, `/ws/${document}`)
      client.sayFrame(2, Uint8Array.of(0, 0, 1, 0))
      await until('an answer', () => client.closed || client.text().length > 0)
      client.end()
    }
    const [, hocuspocus] = wires
    const attacker = await Attacker.connect(victim, hocuspocus ?? raise())
    for (const name of ['../x', '__proto__', '', '\u0000', 'a\u0000b\u0000c', '\u0007'.repeat(9)]) {
      attacker.sayRaw(Uint8Array.of(...varUint(name.length), ...Buffer.from(name), 0, 0, 1, 0))
    }
    await attacker.spent()
    attacker.end()
  },
}

const host = 'Host: 127.0.0.1'
const upgrade = 'Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13'
const key = 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=='
const sound = `GET /ws/a HTTP/1.1\r\n${host}\r\n${upgrade}\r\n${key}\r\n`

/** Requests that two servers in a row would read in two ways, or that hide something. */
const requests: readonly string[] = [
  `POST / HTTP/1.1\r\n${host}\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nG`,
  `POST / HTTP/1.1\r\n${host}\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n`,
  `POST / HTTP/1.1\r\n${host}\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nabcdef`,
  `POST / HTTP/1.1\r\n${host}\r\nContent-Length: -1\r\n\r\n`,
  `POST / HTTP/1.1\r\n${host}\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\n`,
  `GET / HTTP/1.1\r\n${host}\r\nX: a\r\n b\r\n\r\n`,
  `GET / HTTP/1.1\r\nHost : 127.0.0.1\r\n\r\n`,
  `GET / HTTP/1.1\r\n${host}\r\nHost: evil.example\r\n\r\n`,
  'GET / HTTP/1.1\r\n\r\n',
  'GET /healthz HTTP/1.1\r\nHost: a b<>"\r\n\r\n',
  'GET /healthz HTTP/1.1\r\nHost: 127.0.0.1/x?y#z\r\n\r\n',
  'GET /healthz HTTP/1.1\r\nHost: [::1\r\n\r\n',
  `GET http://evil.example/ HTTP/1.1\r\n${host}\r\n\r\n`,
  `GET //evil.example/%2e%2e/ HTTP/1.1\r\n${host}\r\n\r\n`,
  `GET /assets/../../../../etc/passwd HTTP/1.1\r\n${host}\r\n\r\n`,
  `GET /${'a'.repeat(30_000)} HTTP/1.1\r\n${host}\r\n\r\n`,
  `GET / HTTP/1.1\r\n${host}\r\nX: ${'a'.repeat(100_000)}\r\n\r\n`,
  `GET / HTTP/1.1\r\n${host}\r\n${'X: a\r\n'.repeat(2_000)}\r\n`,
  `OPTIONS * HTTP/1.1\r\n${host}\r\n\r\n`,
  `CONNECT evil.example:443 HTTP/1.1\r\n${host}\r\n\r\n`,
  'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
  '\u0016\u0003\u0001\u0002\u0000\u0001\u0000',
  `GET /ws/a HTTP/1.1\r\nHost: a b<>\r\n${upgrade}\r\n${key}\r\n\r\n`,
  `POST /ws/a HTTP/1.1\r\n${host}\r\n${upgrade}\r\n${key}\r\n\r\n`,
  `GET /ws/a HTTP/1.1\r\n${host}\r\n${upgrade}\r\n\r\n`,
  `${sound}Content-Length: 9\r\n\r\nabc`,
  `${sound}Cookie: ${'a=b;'.repeat(3_000)}\r\n\r\n`,
  `${sound}Cookie: =;;=%;a=%ff;"\r\n\r\n`,
  `${sound}Authorization: Bearer \u00ff\r\n\r\n`,
  `${sound}Sec-WebSocket-Protocol: ,,\r\n\r\n`,
  `${sound}X-Forwarded-For: ${'1,'.repeat(4_000)}\r\n\r\n`,
  `GET /ws/a?token=${'%00'.repeat(1_000)} HTTP/1.1\r\n${host}\r\n${upgrade}\r\n${key}\r\n\r\n`,
]

/** Tricks with headers, cookies, hosts and the borders between requests. */
export const requestTricks: Attack = {
  name: 'requests that are read in two ways',
  async run({ port }: Victim) {
    for (const request of requests) {
      const client = await TcpClient.connect(port)
      client.say(Buffer.from(request, 'latin1'))
      // A request that is not whole gets no answer; Bun cuts it in its own time.
      await Promise.race([
        until('an answer', () => client.closed || client.status > 0),
        Bun.sleep(100),
      ])
      if (client.status >= 500) throw new Error(`${client.status} for ${JSON.stringify(request)}`)
      client.end()
    }
  },
}

function raise(): never {
  throw new Error('there are no wires')
}
