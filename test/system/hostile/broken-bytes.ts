import * as Y from 'yjs'
import type { Random } from '../sim/random.ts'
import type { Attack } from './attack.ts'
import { Attacker, join, type Victim, varUint, type Wire, wires } from './attacker.ts'

/** What a client may say, sound, from behind the address on. */
export function soundPayloads(): readonly Uint8Array[] {
  const document = new Y.Doc()
  document.getText('t').insert(0, 'ab')
  document.getMap<unknown>('m').set('k', { deep: ['x', 1.5, null] })
  document.getText('t').delete(0, 1)
  const update = Y.encodeStateAsUpdate(document)
  const stateVector = Y.encodeStateVector(document)
  const presence = join([1, 100, 1, 7, Buffer.from('{"a":1}')])
  return [
    join([0, 0, varUint(stateVector.length), stateVector]),
    join([0, 1, varUint(update.length), update]),
    join([0, 2, varUint(update.length), update]),
    join([1, varUint(presence.length), presence]),
    Uint8Array.of(3),
  ]
}

/** What only Hocuspocus clients say, with the address. */
const hocuspocusFrames: readonly string[] = [
  '03646f63 02 00 03 746f6b 05 342e382e30',
  '03646f63 05 02 6869',
  '03646f63 07',
  '09',
  '0a',
]

/** Every sound frame of a wire. */
function soundFrames(victim: Victim, wire: Wire): readonly Uint8Array[] {
  const frames = soundPayloads().map((payload) => wire.frame(victim, payload))
  if (wire.name === 'y-websocket') return frames
  const more = hocuspocusFrames.map((hex) => Uint8Array.fromHex(hex.replaceAll(' ', '')))
  return [...frames, ...more]
}

/** Each on a connection of its own: after the first bad one nobody listens. Some at a time. */
async function sayEach(victim: Victim, wire: Wire, frames: readonly Uint8Array[]): Promise<void> {
  const atOnce = 32
  for (let from = 0; from < frames.length; from += atOnce) {
    await Promise.all(
      frames.slice(from, from + atOnce).map(async (frame) => {
        const attacker = await Attacker.connect(victim, wire)
        for (const hello of wire.hello(victim)) attacker.sayRaw(hello)
        attacker.sayRaw(frame)
        await attacker.spent()
        attacker.end()
      }),
    )
  }
}

function randomBytes(random: Random, length: number): Uint8Array {
  return Uint8Array.from({ length }, () => random.between(0, 255))
}

/** Bytes of no meaning, alone and behind the beginning of a frame. */
export const randomFrames: Attack = {
  name: 'random bytes',
  async run(victim, random) {
    for (const wire of wires) {
      const frames = Array.from({ length: 64 }, () => {
        const bytes = randomBytes(random, random.between(1, 200))
        const begun = join([random.between(0, 3), random.between(0, 2), bytes])
        return random.chance(0.3) ? bytes : wire.frame(victim, random.chance(0.5) ? begun : bytes)
      })
      await sayEach(victim, wire, frames)
    }
  },
}

/** Every sound frame, cut off at every offset. */
export const truncatedFrames: Attack = {
  name: 'every frame cut off at every offset',
  async run(victim) {
    for (const wire of wires) {
      const cut = soundFrames(victim, wire).flatMap((frame) =>
        Array.from(frame, (_, length) => frame.subarray(0, length)),
      )
      await sayEach(victim, wire, cut)
    }
  },
}

/** Every sound frame with one bit wrong: each byte once, which bit is chance. */
export const flippedBits: Attack = {
  name: 'flipped bits',
  async run(victim, random) {
    for (const wire of wires) {
      const flipped = soundFrames(victim, wire).flatMap((frame) =>
        Array.from(frame, (byte, at) => {
          const wrong = frame.slice()
          wrong[at] = byte ^ (1 << random.between(0, 7))
          return wrong
        }),
      )
      await sayEach(victim, wire, flipped)
    }
  },
}

const huge: readonly Uint8Array[] = [
  varUint(2 ** 31),
  varUint(2 ** 32),
  varUint(2 ** 53 - 1),
  Uint8Array.of(0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f),
  new Uint8Array(1_000).fill(0xff),
]

/** Counts, lengths, clocks and client ids as large as they can be written. */
export const hugeNumbers: Attack = {
  name: 'huge numbers and counts',
  async run(victim) {
    for (const wire of wires) {
      const payloads = huge.flatMap((number) => [
        join([number]),
        join([0, number]),
        join([0, 0, number]),
        join([0, 2, number, 0]),
        ...[
          join([number]),
          join([1, number]),
          join([1, 1, number, 0]),
          join([1, 1, 5, number, 4, 1, 1, 116, 1, 120, 0]),
          join([1, 1, 5, 0, 0, number, 0]),
          join([1, 1, 5, 0, 8, 1, 1, 116, number, 0]),
          join([0, number]),
          join([0, 1, 5, number]),
          join([0, 1, 5, 1, 0, number]),
        ].map((update) => join([0, 2, varUint(update.length), update])),
        ...[
          join([number]),
          join([1, number, 1, 2, 123, 125]),
          join([1, 5, number, 2, 123, 125]),
        ].map((presence) => join([1, varUint(presence.length), presence])),
      ])
      await sayEach(
        victim,
        wire,
        payloads.map((payload) => wire.frame(victim, payload)),
      )
    }
  },
}

/** Nothing at all, and words. */
export const emptyAndText: Attack = {
  name: 'empty and text frames',
  async run(victim) {
    for (const wire of wires) {
      await sayEach(victim, wire, [new Uint8Array(0), wire.frame(victim, new Uint8Array(0))])
      for (const text of ['', '\u0000\u0000\u0001\u0000', '{"type":"sync"}', 'x'.repeat(100_000)]) {
        const attacker = await Attacker.open(victim, wire)
        attacker.sayText(text)
        await attacker.spent()
        attacker.end()
      }
    }
  },
}
