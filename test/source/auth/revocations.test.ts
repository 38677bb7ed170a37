import { expect, test } from 'bun:test'
import { Revocations } from '../../../src/auth/revocations.ts'

test('AUTH-17: a token of the very moment of a revocation is an old one', () => {
  const revocations = new Revocations({ revocations_max: 10, revocation_ms_max: 1_000 })
  revocations.add({ id: 'eve' }, 5_000)
  const covered = [4_000, 5_000, 5_001, undefined].map((at) => revocations.cover('d', 'eve', at))
  expect(covered).toEqual([true, true, false, true])
})

test('AUTH-17: a revocation concerns its person, its document, or both', () => {
  const revocations = new Revocations({ revocations_max: 10, revocation_ms_max: 1_000 })
  revocations.add({ id: 'eve', document: 'notes' }, 1)
  revocations.add({ id: 'ben' }, 1)
  revocations.add({ document: 'secrets' }, 1)
  const covers = (document: string, id?: string): boolean => revocations.cover(document, id, 0)
  expect([covers('notes', 'eve'), covers('other', 'eve'), covers('notes', 'ana')]).toEqual([
    true,
    false,
    false,
  ])
  expect([covers('other', 'ben'), covers('secrets', 'ana'), covers('secrets')]).toEqual([
    true,
    true,
    true,
  ])
  expect([covers('other'), covers('["secrets",null]', 'null')]).toEqual([false, false])
})
