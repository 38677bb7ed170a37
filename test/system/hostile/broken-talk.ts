import type { Random } from '../sim/random.ts'
import type { Attack } from './attack.ts'
import { Attacker, varUint, type Victim, type Wire, wires } from './attacker.ts'

/** The type of a chat frame on each wire, and what stands before its JSON there. */
const talking = {
  'y-websocket': { type: 111, before: '' },
  hocuspocus: { type: 5, before: 'ytopic:chat:' },
} as const

/** Both wires, on which rooms are heard. */
const chatWires: readonly Wire[] = wires.map((wire) => ({
  ...wire,
  url: (victim: Victim) => `${wire.url(victim)}${wire.name === 'hocuspocus' ? '' : '?chat=1'}`,
}))

function sayChat(attacker: Attacker, { name }: Wire, text: string): void {
  const { before, type } = talking[name]
  const bytes = Buffer.from(`${before}${text}`)
  attacker.say(type, varUint(bytes.length), bytes)
}

const nested = (depth: number): string => `${'['.repeat(depth)}${']'.repeat(depth)}`

/** As JSON; what stands for a text in them is harmless to whoever reads it as one. */
const strangeTexts: readonly string[] = [
  '"\\u0000\\u0001\\u001b[2J\\u007f"',
  '"\\ud800"',
  '"\\u202e\\u2066\\u200b"',
  `"${'\u{1f469}\u200d\u{1f467}'.repeat(900)}"`,
  `"${'e' + '\u0301'.repeat(1_900)}"`,
  '"<script>alert(1)</script>"',
  `"${'x'.repeat(60_000)}"`,
  nested(20_000),
  '{"__proto__": {"polluted": true}}',
  '1e999',
  'null',
]

const strangeNumbers = ['-1', '0', '1e999', '9007199254740993', '1.5', '"1"', 'null', '[]']

/** What no client says in a room. */
export const brokenTalk: Attack = {
  name: 'messages that are none',
  async run(victim, random) {
    const words = [
      ...strangeTexts.flatMap((text) => [
        text,
        `{"type": ${text}}`,
        `{"type": "post", "text": ${text}}`,
        `{"type": "post", "text": "x", "nonce": ${text}}`,
        `{"type": "edit", "seq": 1, "text": ${text}}`,
        `{"type": "join", "name": ${text}, "color": ${text}}`,
      ]),
      ...strangeNumbers.flatMap((number) => [
        `{"type": "older", "before": ${number}, "limit": ${number}}`,
        `{"type": "delete", "seq": ${number}}`,
        `{"type": "read", "seq": ${number}}`,
        `{"type": "typing", "on": ${number}}`,
      ]),
      '{"type": "__proto__"}',
      '{"type": "constructor"}',
      '',
      '{',
    ]
    for (const wire of chatWires) {
      const attacker = await Attacker.open(victim, wire)
      sayChat(attacker, wire, '{"type": "join"}')
      for (const word of shuffled(words, random)) sayChat(attacker, wire, word)
      await attacker.spent()
      attacker.end()
    }
  },
}

/** One who speaks, comes, goes and types without end, and many at a time from one address. */
export const talkFlood: Attack = {
  name: 'floods of messages',
  async run(victim) {
    await Promise.all(
      Array.from({ length: 10 }, async (_, index) => {
        const wire = chatWires[index % chatWires.length]
        if (wire === undefined) return
        const attacker = await Attacker.open(victim, wire)
        for (let round = 0; round < 200; round++) {
          sayChat(attacker, wire, '{"type": "join"}')
          sayChat(attacker, wire, `{"type": "typing", "on": ${round % 2 === 0}}`)
          sayChat(attacker, wire, `{"type": "post", "text": "${round}"}`)
          sayChat(attacker, wire, '{"type": "older", "before": 9007199254740991}')
          sayChat(attacker, wire, '{"type": "leave"}')
        }
        await attacker.spent()
        attacker.end()
      }),
    )
  },
}

/** Requests about comments and messages that no program makes. */
export const brokenComments: Attack = {
  name: 'comments that are none',
  async run(victim, random) {
    const at = `${victim.http}/api/v1/documents/${encodeURIComponent(victim.document)}`
    const anchor = '{"root": "t", "quote": "x"}'
    const bodies = strangeTexts.flatMap((text) => [
      text,
      `{"anchor": ${anchor}, "text": ${text}}`,
      `{"anchor": ${text}, "text": "x"}`,
      `{"anchor": {"root": ${text}, "quote": ${text}}, "text": "x"}`,
      `{"anchor": {"root": "t", "quote": "x", "from": ${text}}, "text": "x"}`,
      `{"anchor": ${anchor}, "text": "x", "mentions": [${text}]}`,
      `{"anchor": ${anchor}, "text": "x", "by": {"id": ${text}, "name": ${text}}}`,
    ])
    const wishes: readonly (readonly [string, string, string])[] = [
      ...bodies.map((body) => ['POST', 'comments', body] as const),
      ...bodies.map((body) => ['POST', 'chat', body] as const),
      ...odd.map((id) => ['POST', `comments/${id}`, '{"text": "x"}'] as const),
      ...odd.map((id) => ['PATCH', `comments/${id}/${id}`, '{"text": "x"}'] as const),
      ...odd.map((id) => ['DELETE', `comments/${id}/${id}`, ''] as const),
      ...odd.map((id) => ['PUT', `comments/${id}/${id}/reactions/${id}`, ''] as const),
      ...odd.map((id) => ['PATCH', `chat/${id}`, '{"text": "x"}'] as const),
      ...odd.map((id) => ['GET', `chat?before=${id}&limit=${id}`, ''] as const),
      ...odd.map((id) => ['GET', `comments?resolved=${id}`, ''] as const),
    ]
    for (const [method, path, body] of shuffled(wishes, random)) {
      const headers = { 'content-type': 'application/json' }
      const sent = body === '' ? {} : { body, headers }
      const answer = await fetch(`${at}/${path}`, { method, ...sent })
      await answer.text()
      if (answer.status >= 500) throw new Error(`${method} ${path} gave ${answer.status}: ${body}`)
    }
  },
}

/** What stands for an id, a number or an emoji in a path. */
const odd: readonly string[] = [
  '__proto__',
  'constructor',
  '%00',
  '%F0%9F%91%8D',
  '-1',
  '1e999',
  '9007199254740993',
  '9'.repeat(400),
  'x'.repeat(4_000),
  encodeURIComponent('\u{1f44d}'.repeat(500)),
]

function shuffled<One>(all: readonly One[], random: Random): readonly One[] {
  return all
    .map((one) => [random.between(0, 2 ** 30), one] as const)
    .toSorted(([first], [second]) => first - second)
    .map(([, one]) => one)
}
