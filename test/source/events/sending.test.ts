import { expect, test } from 'bun:test'
import { isPublic } from '../../../src/events/sending/addresses.ts'
import { isSecret, secretOf, signatures } from '../../../src/events/sending/signature.ts'
import { readUrl, targetOf } from '../../../src/events/sending/target.ts'
import { nextAttempt } from '../../../src/events/webhooks/retries.ts'
import { rotated, secretsAt } from '../../../src/events/webhooks/secrets.ts'

test('EVENT-9: the published example of Standard Webhooks is signed as published', () => {
  const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'
  const id = 'msg_p5jXN8AQM9LWM0D4loKWxJek'
  expect(signatures([secret], id, 1_614_265_330, '{"test": 2432232314}')).toBe(
    'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
  )
  expect(isSecret(secret)).toBe(true)
})

test('EVENT-9: a secret has 24 to 64 bytes', () => {
  for (const count of [24, 32, 64]) expect(isSecret(secretOf(new Uint8Array(count)))).toBe(true)
  for (const count of [0, 23, 65]) expect(isSecret(secretOf(new Uint8Array(count)))).toBe(false)
  for (const text of ['', 'whsec_', 'secret', 'whsec_not base64 at all, but long enough!!']) {
    expect(isSecret(text)).toBe(false)
  }
})

test('EVENT-9: for a day a former secret signs beside the new one', () => {
  const both = rotated('whsec_old', 'whsec_new', 1_000)
  const day = 24 * 3_600_000
  expect(secretsAt(both, 999 + day)).toEqual(['whsec_new', 'whsec_old'])
  expect(secretsAt(both, 1_000 + day)).toEqual(['whsec_new'])
  expect(secretsAt(rotated(both, 'whsec_newer', 2_000), 2_000)).toEqual([
    'whsec_newer',
    'whsec_new',
  ])
  expect(secretsAt('whsec_only', 0)).toEqual(['whsec_only'])
})

test('EVENT-10: ten attempts in three days, later by chance and as the receiver asks', () => {
  const waits = Array.from({ length: 11 }, (_, attempt) => nextAttempt(attempt, 0, 0))
  const [second, minute, hour] = [1_000, 60_000, 3_600_000]
  expect(waits).toEqual([
    0,
    5 * second,
    5 * minute,
    30 * minute,
    2 * hour,
    5 * hour,
    10 * hour,
    14 * hour,
    20 * hour,
    24 * hour,
    undefined,
  ])
  expect(nextAttempt(1, 0, 0.999)).toBeWithin(5_900, 6_000)
  expect(nextAttempt(1, 0, 0, 60_000)).toBe(60_000)
  expect(nextAttempt(1, 0, 0, 1e12)).toBe(24 * hour)
})

const spellings = [
  '127.0.0.1',
  '127.1',
  '0x7f.1',
  '0x7f000001',
  '2130706433',
  '017700000001',
  '①②⑦.0.0.1',
  '127。0。0。1',
  '0',
  '0.0.0.0',
  '10.1.2.3',
  '172.16.0.1',
  '172.31.255.255',
  '192.168.0.1',
  '169.254.169.254',
  '100.64.0.1',
  '192.0.0.1',
  '198.18.0.1',
  '224.0.0.1',
  '255.255.255.255',
  '[::1]',
  '[::]',
  '[::ffff:127.0.0.1]',
  '[::ffff:7f00:1]',
  '[0:0:0:0:0:ffff:7f00:0001]',
  '[::127.0.0.1]',
  '[64:ff9b::7f00:1]',
  '[64:ff9b:1::1]',
  '[2002:7f00:1::]',
  '[2001::1]',
  '[2001:db8::1]',
  '[fe80::1]',
  '[fc00::1]',
  '[fd12:3456::1]',
  '[ff02::1]',
  'localhost',
  'LOCALHOST.',
  'ⓛⓞⓒⓐⓛⓗⓞⓢⓣ',
  'a.localhost',
]

/** As a machine's resolver answers. */
async function resolve(host: string): Promise<readonly string[]> {
  const answers: Readonly<Record<string, readonly string[]>> = {
    'both.example': ['93.184.216.34', '10.0.0.1'],
    'inside.example': ['192.168.1.1'],
    'open.example': ['93.184.216.34', '2606:2800:220:1::1'],
    'six.example': ['::ffff:10.0.0.1'],
  }
  if (/localhost\.?$/.test(host)) return ['::1', '127.0.0.1']
  const found = answers[host]
  if (found === undefined) throw new Error('ENOTFOUND')
  return found
}

const closed = { resolve, allowPrivate: false }

test('EVENT-15: no spelling of a private address is one to send to', async () => {
  for (const spelling of spellings) {
    const url = readUrl(`https://${spelling}/hook`, closed)
    if (typeof url === 'string') throw new Error(`${spelling}: ${url}`)
    expect([spelling, (await targetOf(url, closed)).kind]).toEqual([spelling, 'refused'])
    expect((await targetOf(url, { resolve, allowPrivate: true })).kind).toBe('address')
  }
})

test('EVENT-15: a name is refused when any of its addresses is private', async () => {
  const kindOf = async (host: string): Promise<string> => {
    const url = readUrl(`https://${host}/`, closed)
    return typeof url === 'string' ? url : (await targetOf(url, closed)).kind
  }
  expect(await kindOf('both.example')).toBe('refused')
  expect(await kindOf('inside.example')).toBe('refused')
  expect(await kindOf('six.example')).toBe('refused')
  expect(await kindOf('nowhere.example')).toBe('unknown')
  expect(await kindOf('open.example')).toBe('address')
  expect(await kindOf('93.184.216.34')).toBe('address')
  expect(await kindOf('[2606:2800:220:1::1]')).toBe('address')
  for (const strange of ['', 'x', '1.2.3', '::1%eth0', 'fe80::1%1']) {
    expect(isPublic(strange)).toBe(false)
  }
})

test('EVENT-15: a URL is one of https, without a name and a password', () => {
  const wrong = ['', 'nothing', 'ftp://a.example/', 'javascript:1', 'https://a:b@c.example/']
  for (const text of [...wrong, 'http://a.example/', `https://a.example/${'x'.repeat(2_048)}`]) {
    expect(readUrl(text, closed)).toBeString()
  }
  expect(readUrl('https://a.example/hook', closed)).toBeInstanceOf(URL)
  expect(readUrl('http://a.example/', { resolve, allowPrivate: true })).toBeInstanceOf(URL)
})
