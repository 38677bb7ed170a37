import { TcpClient } from '../../support/harness/tcp-client.ts'
import { until } from '../../support/harness/wait.ts'
import type { Attack } from './attack.ts'
import { Attacker, wires } from './attacker.ts'
import { soundPayloads } from './broken-bytes.ts'

const opcode = { continuation: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const

/** Sound messages in pieces of one byte, with pings in between, and pieces that never end. */
export const fragments: Attack = {
  name: 'fragmented messages',
  async run({ port, document }) {
    const path = `/ws/${document}`
    const sound = await TcpClient.upgrade(port, path)
    for (const payload of soundPayloads()) {
      for (const [at, byte] of payload.entries()) {
        const kind = at === 0 ? opcode.binary : opcode.continuation
        sound.sayFrame(kind, Uint8Array.of(byte), at === payload.length - 1)
        sound.sayFrame(opcode.ping, Uint8Array.of(1))
      }
    }
    const endless = await TcpClient.upgrade(port, path)
    endless.sayFrame(opcode.binary, new Uint8Array(1_000), false)
    const piece = new Uint8Array(2 ** 20)
    for (let count = 0; count < 40 && !endless.closed; count++) {
      endless.sayFrame(opcode.continuation, piece, false)
    }
    await until('the endless one is cut', () => endless.closed)
    if (sound.closed) throw new Error('sound messages in pieces were not taken')
    for (const client of [sound, endless]) client.end()
  },
}

const brokenFrames: readonly (readonly [what: string, hex: string])[] = [
  ['a continuation of nothing', '80 80 00000000'],
  ['a message within a message', '02 81 00000000 01 82 81 00000000 01'],
  ['a reserved opcode', '83 80 00000000'],
  ['a reserved control opcode', '8b 80 00000000'],
  ['reserved bits', 'f2 80 00000000'],
  ['a frame without a mask', '82 04 00000100'],
  ['a fragmented ping', '09 80 00000000'],
  ['a ping that is too long', '89 fe 0080 00000000'],
  ['a length of 2^63', '82 ff ffffffffffffffff 00000000'],
  ['a length of 4 GiB', '82 ff 0000000100000000 00000000'],
  ['a length in too many bytes', '82 ff 0000000000000001 00000000 00'],
  ['a close with one byte', '88 81 00000000 03'],
  ['a close with a reserved code', '88 82 00000000 03ed'],
  ['text that is no UTF-8', '81 82 00000000 c328'],
]

/** What no WebSocket client may send. */
export const brokenFraming: Attack = {
  name: 'broken WebSocket frames',
  async run({ port, document }) {
    const clients: TcpClient[] = []
    for (const [, hex] of brokenFrames) {
      const client = await TcpClient.upgrade(port, `/ws/${document}`)
      client.say(Uint8Array.fromHex(hex.replaceAll(' ', '')))
      clients.push(client)
    }
    await Bun.sleep(20)
    for (const client of clients) client.end()
  },
}

/** Pings, pongs and empty pieces, as fast as they go. */
export const controlFlood: Attack = {
  name: 'control frames by the thousand',
  async run(victim) {
    const pinging = await Attacker.open(victim, wires[0] ?? raise())
    for (let count = 0; count < 4_000; count++) pinging.ping()
    const client = await TcpClient.upgrade(victim.port, `/ws/${victim.document}`)
    for (let count = 0; count < 20_000 && !client.closed; count++) {
      client.sayFrame(count % 2 === 0 ? opcode.pong : opcode.ping, Uint8Array.of(0))
    }
    await until('the flood is cut', () => client.closed)
    await pinging.spent()
    pinging.end()
    client.end()
  },
}

/** Connections that begin to ask and do not go on, and upgraded ones that say nothing. */
export const halfHandshakes: Attack = {
  name: 'handshakes that stop halfway',
  async run({ port, document }) {
    const begin = async (): Promise<TcpClient> => {
      const client = await TcpClient.connect(port)
      client.say(`GET /ws/${document} HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgr`)
      return client
    }
    const clients = await Promise.all([
      ...Array.from({ length: 150 }, begin),
      ...Array.from({ length: 50 }, () => TcpClient.upgrade(port, `/ws/${document}`)),
    ])
    for (const client of clients) client.end()
  },
}

function raise(): never {
  throw new Error('there are no wires')
}
