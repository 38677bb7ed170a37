import { expect, test } from 'bun:test'
import { assert, constantFrom, oneof, property, string } from 'fast-check'
import { credentialsFrom, subprotocolFor } from '../../../../src/http/credentials.ts'

const pieces = oneof(
  string(),
  constantFrom(
    'token.',
    'token.base64url.',
    'ytopic',
    ',',
    ' ',
    '=',
    ';',
    '%',
    '%ff',
    '"',
    'Bearer ',
  ),
)
const values = pieces.chain((first) => pieces.map((second) => first + second))

/** A header as a server can get it: what does not fit into one is left out. */
function headersWith(name: string, value: string): Headers {
  try {
    return new Headers({ [name]: value })
  } catch {
    return new Headers()
  }
}

test('AUTH-9: no header makes the reading of tokens throw, or gives an empty one', () => {
  for (const name of ['sec-websocket-protocol', 'authorization', 'cookie']) {
    const reads = property(values, (value) => {
      const request = new Request('http://host/ws/doc', { headers: headersWith(name, value) })
      const { token } = credentialsFrom(request, undefined, {}, 'session')
      expect(token).not.toBe('')
    })
    assert(reads, { numRuns: 500 })
  }
})

test('AUTH-10: of no offer a token is chosen', () => {
  const chosen = property(values, (value) => {
    const protocol = subprotocolFor(headersWith('sec-websocket-protocol', value))
    expect(protocol ?? '').not.toStartWith('token.')
  })
  assert(chosen, { numRuns: 500 })
})
