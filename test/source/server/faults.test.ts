import { afterAll, expect, test } from 'bun:test'
import type { Authority } from '../../../src/auth/authority.ts'
import { startServer } from '../../support/harness/server.ts'

/** An authority of somebody else's, with bugs. */
class FaultyAuthority implements Authority {
  readonly needsToken = false

  get headers(): readonly string[] {
    throw new TypeError('a secret path in a stack')
  }

  decide(): never {
    throw new TypeError('a secret path in a stack')
  }

  revoke(): void {
    throw new TypeError('a secret path in a stack')
  }
}

const adminToken = 'x'.repeat(32)
const server = startServer({}, undefined, { authority: new FaultyAuthority(), adminToken })

afterAll(() => server.stop())

const requests: readonly (readonly [what: string, path: string, init: RequestInit])[] = [
  ['a request that fails at once', '/ws/notes', {}],
  [
    'a request that fails later',
    '/api/v1/revoke',
    { method: 'POST', body: '{"all":true}', headers: { authorization: `Bearer ${adminToken}` } },
  ],
  [
    'an upgrade',
    '/ws/notes',
    {
      headers: {
        connection: 'upgrade',
        upgrade: 'websocket',
        'sec-websocket-version': '13',
        'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
      },
    },
  ],
]

test.each([...requests])('HOSTILE-9: %s is answered without a stack', async (_, path, init) => {
  const answer = await fetch(`${server.http}${path}`, init)
  expect(answer.status).toBe(500)
  expect(await answer.json()).toMatchObject({
    detail: 'The request hit an internal error of the server; try again.',
  })
  expect((await fetch(`${server.http}/readyz`)).status).toBe(200)
})
