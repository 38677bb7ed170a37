import { encodeAwareness } from '../../../src/protocol/awareness.ts'
import type { Attack } from './attack.ts'
import { Attacker, wires } from './attacker.ts'

const text = new TextEncoder()

function entry(clientId: number, clock: number, json: string) {
  return { clientId, clock, state: text.encode(json) }
}

/** Presence as much, as large, as deep and as late as it can be. */
export const awarenessBomb: Attack = {
  name: 'presence bombs',
  async run(victim, random) {
    const first = random.between(2 ** 40, 2 ** 50)
    const large = JSON.stringify({ name: 'x'.repeat(60_000) })
    const nested = `${'['.repeat(20_000)}${']'.repeat(20_000)}`
    const bombs = [
      Array.from({ length: 20_000 }, (_, index) => entry(first + index, 1, '{}')),
      Array.from({ length: 200 }, (_, index) => entry(first + index, 1, large)),
      Array.from({ length: 900 }, (_, index) => entry(first + index, 1, large)),
      [entry(first, 2 ** 52, '{}')],
      [entry(first, 1, nested)],
      [entry(first, 1, '{"__proto__":{"polluted":true},"constructor":null}')],
      [entry(first, 1, '"\\ud800"')],
    ]
    for (const wire of wires) {
      for (const bomb of bombs) {
        const attacker = await Attacker.open(victim, wire)
        attacker.awareness(encodeAwareness(bomb))
        await attacker.spent()
        attacker.end()
      }
    }
  },
}

/** Presence that changes a thousand times a second. */
export const awarenessFlood: Attack = {
  name: 'presence floods',
  async run(victim, random) {
    for (const wire of wires) {
      const attacker = await Attacker.open(victim, wire)
      const client = random.between(2 ** 40, 2 ** 50)
      for (let clock = 1; clock < 8_000; clock++) {
        attacker.awareness(encodeAwareness([entry(client, clock, `{"at":${clock}}`)]))
      }
      await attacker.spent()
      attacker.end()
    }
  },
}
