import { afterEach, beforeEach, expect, test } from 'bun:test'
import type { Authority } from '../../../../src/auth/authority.ts'
import { createJwtAuthority } from '../../../../src/auth/jwt.ts'
import { systemClock } from '../../../../src/base/clock.ts'
import { StoreError } from '../../../../persistence/store-error.ts'
import { secret, signed, sound } from '../../auth/keys.ts'
import { SharedDatabase } from '../../../support/fakes/shared-store.ts'
import { RawClient } from '../../../support/harness/raw-client.ts'
import { startServer, type TestServer } from '../../../support/harness/server.ts'
import { until } from '../../../support/harness/wait.ts'

const limits = { deny_delay_ms: 20, heads_poll_ms: 20 } as const
let database: SharedDatabase
let ends: (() => Promise<void>)[]
/** What the servers have for the time of day, and for the time that passes. */
let wall: number
let passed: number

beforeEach(() => {
  database = new SharedDatabase()
  ends = []
  wall = Date.now()
  passed = 0
})
afterEach(async () => {
  for (const end of ends.toReversed()) await end()
})

const tokens = (): Promise<Authority> =>
  createJwtAuthority({ keys: { kind: 'secret', secret }, leewayMs: 0, wallClock: () => wall })

async function serverOf(): Promise<TestServer> {
  const given = { authority: await tokens(), wallClock: (): number => wall }
  const server = startServer(limits, database.opened(), given)
  ends.push(() => server.stop())
  return server
}

function issue(sub: string): Promise<string> {
  const iat = Math.floor(wall / 1_000)
  return signed({ ...sound, sub, iat, exp: iat + 3_600, documents: { '*': 'write' } })
}

/** 426 is what a request without an upgrade gets that would be let in. */
const status = async ({ http }: TestServer, token: string): Promise<number> =>
  (await fetch(`${http}/ws/notes?token=${token}`)).status

test('AUTH-27: a server that starts later knows what was taken back', async () => {
  const first = await serverOf()
  const [eve, ana] = [await issue('eve'), await issue('ana')]
  expect(await first.ytopic.revoke({ id: 'eve' })).toBe(0)
  const second = await serverOf()
  expect([await status(second, eve), await status(second, ana)]).toEqual([401, 426])
  wall += 2_000
  expect(await status(second, await issue('eve'))).toBe(426)
})

test('AUTH-27: without a bus, those who are here on another server go as well', async () => {
  const [one, two] = [await serverOf(), await serverOf()]
  const url = (id: string): string => `${two.url}/ws/notes?token=${id}`
  const eve = await (await RawClient.connect(url(await issue('eve')))).open()
  const ana = await (await RawClient.connect(url(await issue('ana')))).open()
  await one.ytopic.revoke({ id: 'eve' })
  expect((await eve.closes()).code).toBe(4401)
  await ana.settled()
})

test('AUTH-27: what could not be stored is refused, and holds on this server', async () => {
  const server = await serverOf()
  const eve = await issue('eve')
  const { revocations } = database
  const away = (): Promise<never> => Promise.reject(new StoreError('unavailable', 'It is away.'))
  Object.assign(revocations ?? {}, { add: away })
  await expect(server.ytopic.revoke({ id: 'eve' })).rejects.toThrow('It is away.')
  expect(await status(server, eve)).toBe(401)
})

test('AUTH-28: while the revocations cannot be read, nobody new is let in', async () => {
  const { revocations } = database
  if (revocations === undefined) throw new Error('The store keeps no revocations.')
  const since = revocations.since.bind(revocations)
  const away = { since: (): Promise<never> => Promise.reject(new Error('It is away.')) }
  const clock = { now: (): number => performance.now() + passed }
  const ana = await issue('ana')
  Object.assign(revocations, away)
  const server = startServer(limits, database.opened(), {
    authority: await tokens(),
    wallClock: () => wall,
    clock: { ...systemClock, ...clock },
  })
  ends.push(() => server.stop())
  expect(await status(server, ana)).toBe(503)
  Object.assign(revocations, { since })
  await until('known', async () => (await status(server, ana)) === 426)
  const here = await (await RawClient.connect(`${server.url}/ws/notes?token=${ana}`)).open()
  Object.assign(revocations, away)
  expect(await status(server, ana)).toBe(426)
  passed += 31_000
  expect(await status(server, ana)).toBe(503)
  await here.settled()
  Object.assign(revocations, { since })
  await until('known again', async () => (await status(server, ana)) === 426)
})
