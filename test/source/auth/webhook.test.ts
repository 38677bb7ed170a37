import { afterEach, beforeEach, expect, test } from 'bun:test'
import { AuthSetupError } from '../../../src/auth/auth-setup-error.ts'
import type { Authority, RequestFacts } from '../../../src/auth/authority.ts'
import { createWebhookAuthority } from '../../../src/auth/webhook.ts'
import { systemClock } from '../../../src/base/clock.ts'
import { FakeClock } from '../../support/fakes/clock.ts'
import { until } from '../../support/harness/wait.ts'
import { Endpoint } from './endpoint.ts'
import { ask, inWords, nowhere, outcome, wallNow } from './keys.ts'

let endpoint: Endpoint
let clock: FakeClock
const limits = {
  authWebhookMsMax: 5_000,
  authWebhookRequestsMax: 8,
  authWebhookAddressRequestsMax: 8,
  authWebhookEntriesMax: 3,
}

beforeEach(() => {
  endpoint = new Endpoint()
  clock = new FakeClock()
})
afterEach(() => endpoint.stop())

function authority(more: Partial<typeof limits> = {}, url = endpoint.url): Authority {
  return createWebhookAuthority({
    url,
    secret: 'shared',
    clock,
    wallClock: () => wallNow,
    limits: { ...limits, ...more },
  })
}

test('AUTH-5: the endpoint is asked who is there, from where, with the secret', async () => {
  const request: RequestFacts = {
    ip: '192.0.2.7',
    origin: 'https://example.org',
    headers: new Map([['user-agent', 'tests']]),
  }
  await authority().decide('a token', 'team/notes', request)
  expect(endpoint.asked).toEqual([
    {
      body: {
        token: 'a token',
        document: 'team/notes',
        ip: '192.0.2.7',
        origin: 'https://example.org',
        userAgent: 'tests',
      },
      authorization: 'Bearer shared',
    },
  ])
})

test('AUTH-5: what it says of the person and of the time is taken over', async () => {
  const claims = { role: 'editor' }
  const said = { access: 'read', id: 'ana', name: 'Ana', color: 'red', claims, seconds: 90 }
  endpoint.answer = () => Response.json(said)
  const verdict = await authority().decide('t', 'notes', nowhere)
  const who = { id: 'ana', name: 'Ana', color: 'red', claims }
  const grant = { access: 'read' as const, who, askAgainAt: wallNow + 90_000 }
  expect(verdict).toEqual({ kind: 'granted', grant })
})

test('AUTH-5: access holds as long as it says, a minute if it does not, 2 s at least', async () => {
  const times: number[] = []
  for (const seconds of [undefined, 0, 1, 3, 1e12]) {
    endpoint.answer = () => Response.json({ access: 'read', seconds })
    const verdict = await authority().decide('t', 'notes', nowhere)
    if (verdict.kind === 'granted') times.push((verdict.grant.askAgainAt ?? 0) - wallNow)
  }
  expect(times).toEqual([60_000, 2_000, 2_000, 3_000, 86_400_000])
})

const denials: readonly (readonly [what: string, answer: () => Response, reason: string])[] = [
  ['none', () => Response.json({ access: 'none', reason: 'Not yours.' }), 'Not yours.'],
  [
    'none without a reason',
    () => Response.json({ access: 'none' }),
    'This document is not for you.',
  ],
  ['403', () => new Response('', { status: 403 }), 'This document is not for you.'],
  ['403 with a reason', () => Response.json({ reason: 'No.' }, { status: 403 }), 'No.'],
  ['401', () => new Response('', { status: 401 }), 'Sign in again.'],
]

for (const [what, answer, reason] of denials) {
  test(`AUTH-5: ${what} denies`, async () => {
    endpoint.answer = answer
    const verdict = await authority().decide('t', 'notes', nowhere)
    expect(inWords(verdict)).toBe(reason)
    expect(verdict.kind === 'denied' && verdict.expired === true).toBe(what === '401')
  })
}

test('AUTH-5: who shows no token is denied without a question', async () => {
  expect(await ask(authority(), undefined)).toBe('No token was sent.')
  expect(endpoint.asked).toEqual([])
})

const muddles: readonly (readonly [what: string, answer: () => Response])[] = [
  ['500', () => new Response('', { status: 500 })],
  ['404', () => new Response('', { status: 404 })],
  ['a redirect', () => Response.redirect('http://127.0.0.1:9/', 307)],
  ['no JSON', () => new Response('write')],
  ['an array', () => Response.json(['write'])],
  ['no access', () => Response.json({ name: 'Ana' })],
  ['another access', () => Response.json({ access: 'owner' })],
  ['a time in words', () => Response.json({ access: 'write', seconds: 'long' })],
  ['a time before now', () => Response.json({ access: 'write', seconds: -1 })],
  ['too much', () => new Response(`{"access":"write","x":"${'x'.repeat(70_000)}"}`)],
  ['no UTF-8', () => new Response(Uint8Array.of(0x7b, 0xff, 0x7d))],
]

for (const [what, answer] of muddles) {
  test(`AUTH-6: an answer of ${what} decides nothing, and the next one counts`, async () => {
    endpoint.answer = answer
    const decider = authority()
    expect(await outcome(ask(decider, 't'))).toStartWith('authority-unavailable')
    endpoint.answer = () => Response.json({ access: 'read' })
    expect(await outcome(ask(decider, 't'))).toBe('read')
  })
}

test('AUTH-6: a redirect is not followed: another place must not get the token', async () => {
  endpoint.answer = () => {
    if (endpoint.asked.length > 1) return Response.json({ access: 'write' })
    return Response.redirect(endpoint.url, 307)
  }
  expect(await outcome(ask(authority(), 't'))).toStartWith('authority-unavailable')
  expect(endpoint.asked).toHaveLength(1)
})

test('AUTH-6: an endpoint that hangs is not waited for beyond its time', async () => {
  endpoint.answer = () => new Promise(() => undefined)
  const asked = outcome(ask(authority(), 't'))
  await until('it was asked', () => endpoint.asked.length === 1)
  await clock.advance(4_999)
  expect(await Promise.race([asked, Promise.resolve('still waiting')])).toBe('still waiting')
  await clock.advance(1)
  expect(await asked).toContain('too slow')
})

test('AUTH-6: an endpoint that answers drop by drop is not waited for either', async () => {
  const body = new ReadableStream<Uint8Array>({
    start: (stream) => stream.enqueue(new TextEncoder().encode('{"access":"wri')),
  })
  endpoint.answer = () => new Response(body)
  const decider = createWebhookAuthority({
    url: endpoint.url,
    clock: systemClock,
    wallClock: () => wallNow,
    limits: { ...limits, authWebhookMsMax: 200 },
  })
  expect(await outcome(ask(decider, 't'))).toContain('too slow')
})

test('AUTH-6: an endpoint that is away decides nothing', async () => {
  const decider = authority()
  await endpoint.stop()
  expect(await outcome(ask(decider, 't'))).toContain('did not answer')
})

test('AUTH-6: so many questions go out at one time, and no more', async () => {
  endpoint.answer = () => new Promise(() => undefined)
  const decider = authority({ authWebhookRequestsMax: 2 })
  const first = [outcome(ask(decider, '1')), outcome(ask(decider, '2'))]
  await until('two were asked', () => endpoint.asked.length === 2)
  expect(await outcome(ask(decider, '3'))).toContain('asked too much')
  expect(await Promise.race([...first, Promise.resolve('waiting')])).toBe('waiting')
  await clock.advance(5_000)
  await Promise.all(first)
  endpoint.answer = () => Response.json({ access: 'read' })
  expect(await outcome(ask(decider, '3'))).toBe('read')
})

test('AUTH-7: an answer is kept for as long as it says', async () => {
  endpoint.answer = () => Response.json({ access: 'write', seconds: 10 })
  const decider = authority()
  await ask(decider, 't')
  endpoint.answer = () => Response.json({ access: 'none' })
  await clock.advance(9_999)
  expect(await ask(decider, 't')).toBe('write')
  await clock.advance(1)
  expect(await ask(decider, 't')).toBe('This document is not for you.')
  expect(endpoint.asked).toHaveLength(2)
})

test('AUTH-7: it is kept for that token, document, address and page only', async () => {
  endpoint.answer = () => Response.json({ access: 'write', seconds: 10 })
  const decider = authority({ authWebhookEntriesMax: 100 })
  const questions: readonly (readonly [string, string, RequestFacts])[] = [
    ['t', 'notes', nowhere],
    ['u', 'notes', nowhere],
    ['t', 'other', nowhere],
    ['t', 'notes', { ...nowhere, ip: '192.0.2.7' }],
    ['t', 'notes', { ...nowhere, origin: 'https://example.org' }],
  ]
  for (const question of [...questions, ...questions]) await decider.decide(...question)
  expect(endpoint.asked).toHaveLength(questions.length)
})

test('AUTH-7: a denial is kept only if it says so', async () => {
  const decider = authority()
  endpoint.answer = () => Response.json({ access: 'none' })
  await ask(decider, 't')
  endpoint.answer = () => Response.json({ access: 'none', seconds: 10 })
  await ask(decider, 't')
  endpoint.answer = () => Response.json({ access: 'write' })
  expect(await ask(decider, 't')).toBe('This document is not for you.')
  await clock.advance(10_000)
  expect(await ask(decider, 't')).toBe('write')
})

test('AUTH-7: the same question asked twice at a time goes out once', async () => {
  const hold = Promise.withResolvers<Response>()
  endpoint.answer = () => hold.promise
  const decider = authority()
  const both = [ask(decider, 't'), ask(decider, 't')]
  await until('it was asked', () => endpoint.asked.length === 1)
  hold.resolve(Response.json({ access: 'read', seconds: 0 }))
  expect(await Promise.all(both)).toEqual(['read', 'read'])
  expect(endpoint.asked).toHaveLength(1)
})

test('AUTH-16: an answer from before a revocation is neither shared nor kept', async () => {
  const old = Promise.withResolvers<Response>()
  endpoint.answer = () => old.promise
  const decider = authority()
  const before = ask(decider, 't')
  await until('it was asked', () => endpoint.asked.length === 1)
  decider.revoke?.({ id: 'eve' }, 0)
  endpoint.answer = () => Response.json({ access: 'none', seconds: 10 })
  expect(await ask(decider, 't')).toBe('This document is not for you.')
  old.resolve(Response.json({ access: 'write', seconds: 10 }))
  expect(await before).toBe('write')
  expect(await ask(decider, 't')).toBe('This document is not for you.')
  expect(endpoint.asked).toHaveLength(2)
})

test('AUTH-7: the number of kept answers is bounded, the oldest go first', async () => {
  endpoint.answer = () => Response.json({ access: 'write', seconds: 10 })
  const decider = authority({ authWebhookEntriesMax: 3 })
  for (const token of ['1', '2', '3', '4']) await ask(decider, token)
  expect(endpoint.asked).toHaveLength(4)
  for (const token of ['2', '3', '4']) await ask(decider, token)
  expect(endpoint.asked).toHaveLength(4)
  await ask(decider, '1')
  expect(endpoint.asked).toHaveLength(5)
})

test('AUTH-5: an address that is none is refused when the server starts', () => {
  for (const url of ['', 'decide', 'ftp://example.org', 'file:///etc/passwd']) {
    expect(() => authority({}, url)).toThrow(AuthSetupError)
  }
})
