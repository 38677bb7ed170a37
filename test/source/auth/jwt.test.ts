import { expect, test } from 'bun:test'
import { SignJWT, UnsecuredJWT } from 'jose'
import { createJwtAuthority } from 'ytopic/jwt'
import { AuthSetupError } from '../../../src/auth/auth-setup-error.ts'
import type { JwtKeySource } from '../../../src/auth/jwt-keys.ts'
import { Endpoint } from './endpoint.ts'
import { ask, authorityFor, inWords, nowhere, pair, secret, signed, signedBy } from './keys.ts'
import { sound, wallNow } from './keys.ts'

const bySecret: JwtKeySource = { kind: 'secret', secret }
const seconds = wallNow / 1_000
const good = 'write'
const notValid = 'The token is not valid.'

test('AUTH-1: a token of the secret gives access, a person and an end', async () => {
  const authority = await authorityFor(bySecret)
  const verdict = await authority.decide(await signed(), 'notes', nowhere)
  if (verdict.kind !== 'granted') throw new Error(verdict.reason)
  expect(verdict.grant).toEqual({
    access: 'write',
    who: { id: 'ana', name: 'Ana', color: '#c0392b', claims: { ...sound } },
    until: wallNow + 70_000,
  })
})

for (const alg of ['RS256', 'RS512', 'PS256', 'ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519']) {
  test(`AUTH-1: ${alg} is checked with the public key as PEM, JWK and key set`, async () => {
    const keys = await pair(alg)
    const stranger = await pair(alg)
    const token = await signedBy(keys)
    const forged = await signedBy(stranger)
    for (const text of [keys.pem, JSON.stringify(keys.jwk), JSON.stringify({ keys: [keys.jwk] })]) {
      const authority = await authorityFor({ kind: 'public', text })
      expect([await ask(authority, token), await ask(authority, forged)]).toEqual([good, notValid])
    }
  })
}

test('AUTH-1: a key set serves each of its keys by name', async () => {
  const keys = [await pair('RS256', 'one'), await pair('ES256', 'two')] as const
  const text = JSON.stringify({ keys: keys.map(({ jwk }) => jwk) })
  const authority = await authorityFor({ kind: 'public', text })
  for (const key of keys) expect(await ask(authority, await signedBy(key))).toBe(good)
  const [one, two] = keys
  const mixedUp = await signedBy({ ...two, jwk: { ...two.jwk, kid: one.jwk.kid ?? '' } })
  expect(await ask(authority, mixedUp)).toBe(notValid)
})

const expectations: readonly (readonly [what: string, claims: object, answer: string])[] = [
  ['issuer and audience that fit', {}, good],
  ['another issuer', { iss: 'eve' }, 'The token is from somebody who is not trusted here.'],
  ['no issuer', { iss: undefined }, 'The token is from somebody who is not trusted here.'],
  ['another audience', { aud: 'shop' }, 'The token is for somebody else.'],
  ['no audience', { aud: undefined }, 'The token is for somebody else.'],
  ['one of several audiences', { aud: ['shop', 'docs'] }, good],
  ['an end just within the leeway', { exp: seconds - 9 }, good],
  ['an end beyond the leeway', { exp: seconds - 10 }, 'The token has expired.'],
  ['a beginning within the leeway', { nbf: seconds + 10 }, good],
  ['a beginning beyond the leeway', { nbf: seconds + 11 }, 'The token is not valid yet.'],
  ['no end', { exp: undefined }, 'The token has no end.'],
  ['an end that is no number', { exp: 'never' }, 'The token has no end.'],
]

for (const [what, claims, answer] of expectations) {
  test(`AUTH-1: a token with ${what}: ${answer}`, async () => {
    const authority = await authorityFor(bySecret, { issuer: 'https://id', audience: 'docs' })
    const token = await signed({ ...sound, iss: 'https://id', aud: 'docs', ...claims })
    expect(await ask(authority, token)).toBe(answer)
  })
}

test('AUTH-1: only a token that was good once is told that it is too old', async () => {
  const authority = await authorityFor(bySecret)
  const old = { ...sound, exp: seconds - 60 }
  const answers = [await signed(old), await signed(old, 'another secret, as long as that one')]
  const verdicts = await Promise.all(
    answers.map((token) => authority.decide(token, 'notes', nowhere)),
  )
  const expired = verdicts.map((verdict) => verdict.kind === 'denied' && verdict.expired === true)
  expect(expired).toEqual([true, false])
})

test('AUTH-2: a token without a signature is refused', async () => {
  for (const source of [bySecret, await publicSource('RS256')]) {
    const authority = await authorityFor(source)
    expect(await ask(authority, new UnsecuredJWT(sound).encode())).toBe(notValid)
    const [, payload = ''] = (await signed()).split('.')
    for (const alg of ['none', 'None', 'NONE', '']) {
      const header = Buffer.from(JSON.stringify({ alg })).toString('base64url')
      expect(await ask(authority, `${header}.${payload}.`)).toBe(notValid)
    }
  }
})

test('AUTH-2: a public key is never taken for a secret', async () => {
  for (const alg of ['RS256', 'ES256', 'Ed25519']) {
    const keys = await pair(alg)
    const forms = [keys.pem, `${keys.pem.trim()}\n`, keys.pem.trim(), JSON.stringify(keys.jwk)]
    for (const text of forms) {
      const authority = await authorityFor({ kind: 'public', text })
      for (const form of forms) {
        expect(await ask(authority, await signed(sound, form))).toBe(notValid)
      }
    }
  }
})

test('AUTH-2: algorithms other than the configured ones are refused', async () => {
  const authority = await authorityFor(bySecret)
  const long = 'the same secret, so long that it would do for every one of the HS algorithms'
  const byLong = await authorityFor({ kind: 'secret', secret: long })
  for (const alg of ['HS384', 'HS512']) {
    const token = new SignJWT(sound).setProtectedHeader({ alg })
    expect(await ask(byLong, await token.sign(new TextEncoder().encode(long)))).toBe(notValid)
  }
  expect(await ask(authority, await signedBy(await pair('RS256')))).toBe(notValid)
  const rsa = await authorityFor(await publicSource('RS256'))
  expect(await ask(rsa, await signedBy(await pair('ES256')))).toBe(notValid)
})

test('AUTH-2: a key that a token brings along is not believed', async () => {
  const [ours, theirs] = [await pair('RS256', 'one'), await pair('RS256', 'one')]
  const authority = await authorityFor({ kind: 'public', text: JSON.stringify(ours.jwk) })
  const published = Bun.serve({
    hostname: '127.0.0.1',
    port: 0,
    fetch: () => Response.json({ keys: [theirs.jwk] }),
  })
  for (const header of [{ jwk: theirs.jwk }, { jku: published.url.href }]) {
    const forged = new SignJWT(sound).setProtectedHeader({ alg: 'RS256', kid: 'one', ...header })
    expect(await ask(authority, await forged.sign(theirs.privateKey))).toBe(notValid)
  }
  await published.stop(true)
})

test('AUTH-2: a token with any character changed or cut off is refused', async () => {
  const authority = await authorityFor(bySecret)
  const token = await signed()
  const answers = new Set<string>()
  for (let at = 0; at < token.length; at++) {
    const other = token[at] === 'A' ? 'Q' : 'A'
    answers.add(await ask(authority, token.slice(0, at) + other + token.slice(at + 1)))
    answers.add(await ask(authority, token.slice(0, at)))
  }
  for (const odd of ['', '.', '..', 'a.b.c', '\u0000', '{}', `${token}.`, `${token}.x`]) {
    answers.add(await ask(authority, odd))
  }
  expect([...answers]).toEqual([notValid])
})

test('AUTH-2: no token is told that one is needed', async () => {
  expect(await ask(await authorityFor(bySecret), undefined)).toBe('No token was sent.')
})

const unfit: readonly (readonly [what: string, source: () => Promise<JwtKeySource>])[] = [
  ['a secret of 31 bytes', async () => ({ kind: 'secret', secret: 'x'.repeat(31) })],
  ['a secret as public key', async () => ({ kind: 'public', text: '{"kty":"oct","k":"AAAA"}' })],
  ['a key set with a secret', async () => ({ kind: 'public', text: '{"keys":[{"kty":"oct"}]}' })],
  ['an empty key set', async () => ({ kind: 'public', text: '{"keys":[]}' })],
  ['a JWK that is none', async () => ({ kind: 'public', text: '{"kty":"RSA"}' })],
  ['words for a key', async () => ({ kind: 'public', text: 'trust me' })],
  ['a private key', async () => ({ kind: 'public', text: '-----BEGIN PRIVATE KEY-----\nx' })],
  ['a file as key set', async () => ({ kind: 'url', url: 'file:///etc/passwd' })],
]

for (const [what, source] of unfit) {
  test(`AUTH-2: ${what} is refused when the server starts`, async () => {
    const failure = await authorityFor(await source()).catch((error: unknown) => error)
    expect(failure).toBeInstanceOf(AuthSetupError)
  })
}

const claims: readonly (readonly [claim: unknown, document: string, answer: string])[] = [
  [{ notes: 'read' }, 'notes', 'read'],
  [{ notes: 'read' }, 'notes2', 'no'],
  [{ notes: 'read' }, 'Notes', 'no'],
  [{ 'team/*': 'write' }, 'team/a', 'write'],
  [{ 'team/*': 'write' }, 'team/a/b', 'write'],
  [{ 'team/*': 'write' }, 'team', 'no'],
  [{ 'team/*': 'write' }, 'teammates', 'no'],
  [{ 'team/*': 'write', 'team/x': 'read' }, 'team/x', 'read'],
  [{ 'team/x': 'read', 'team/*': 'write' }, 'team/x', 'read'],
  [{ '*': 'read', 'team/*': 'write' }, 'team/x', 'write'],
  [{ 'team/a/*': 'read', 'team/*': 'write' }, 'team/a/x', 'read'],
  [{ '*': 'read' }, 'anything/at all', 'read'],
  [{ 'a*': 'write' }, 'ab', 'no'],
  [{ notes: 'owner', '*': 'write' }, 'notes', 'no'],
  [{ notes: 'admin', '*': 'write' }, 'notes', 'admin'],
  [{ notes: 'comment' }, 'notes', 'comment'],
  [{ notes: true }, 'notes', 'no'],
  [['notes'], 'notes', 'no'],
  [['notes'], '0', 'no'],
  ['notes', 'notes', 'no'],
  [undefined, 'notes', 'no'],
  [{}, 'constructor', 'no'],
  [{}, '__proto__', 'no'],
  [JSON.parse('{"__proto__":"read"}'), '__proto__', 'read'],
]

for (const [claim, document, answer] of claims) {
  test(`AUTH-4: the claim ${JSON.stringify(claim)} gives ${document}: ${answer}`, async () => {
    const authority = await authorityFor(bySecret)
    const token = await signed({ ...sound, documents: claim })
    const said = inWords(await authority.decide(token, document, nowhere))
    expect(said).toBe(answer === 'no' ? 'The token does not cover this document.' : answer)
  })
}

test('AUTH-4: the claim can have another name', async () => {
  const documentsClaim = 'https://example.org/documents'
  const authority = await authorityFor(bySecret, { documentsClaim })
  expect(await ask(authority, await signed())).toContain('does not cover')
  expect(await ask(authority, await signed({ ...sound, [documentsClaim]: { '*': 'read' } }))).toBe(
    'read',
  )
})

async function publicSource(alg: string): Promise<JwtKeySource> {
  return { kind: 'public', text: (await pair(alg)).pem }
}

test('AUTH-1: an embedding program gives the keys and no more', async () => {
  const authority = await createJwtAuthority({ keys: bySecret })
  const { createWebhookAuthority } = await import('ytopic/webhook')
  const { withAnonymous } = await import('ytopic/anonymous')
  const inAnHour = Math.floor(Date.now() / 1_000) + 3_600
  expect(await ask(authority, await signed({ ...sound, exp: inAnHour }))).toBe(good)
  expect(await ask(withAnonymous(authority, 'read'), undefined)).toBe('read')
  const endpoint = new Endpoint()
  expect(await ask(createWebhookAuthority({ url: endpoint.url }), 'token')).toBe(good)
  await endpoint.stop()
})
