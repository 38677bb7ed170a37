import { expect, test } from 'bun:test'
import { accessLevels, asAccess, covers } from '../../../../src/base/access.ts'
import { type Permission, permits } from '../../../../src/room/ingest/permits.ts'

test('AUTH-25: each level allows what the ones before it do, and no more', () => {
  for (const [place, granted] of accessLevels.entries()) {
    const allowed = accessLevels.filter((wanted) => covers(granted, wanted))
    expect(allowed).toEqual(accessLevels.slice(0, place + 1))
  }
  expect(asAccess('owner')).toBeUndefined()
})

test('AUTH-25: on the socket of a document comment reads, and admin writes', () => {
  const said = accessLevels.map((access) =>
    (['update', 'step-2', 'awareness'] as const).map((kind) => permits(access, { kind })),
  )
  const reads: Permission[] = ['no', 'unless-news', 'yes']
  const writes: Permission[] = ['yes', 'yes', 'yes']
  expect(said).toEqual([reads, reads, writes, writes])
})
