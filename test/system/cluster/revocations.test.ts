import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'bun:test'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { secret, signed, sound } from '../../source/auth/keys.ts'
import { startPostgres, type TestPostgres } from '../../support/harness/postgres.ts'
import { freshDirectory, type ServerProcess, startProcess } from '../../support/harness/process.ts'
import { RawClient } from '../../support/harness/raw-client.ts'
import { startRedis, type TestRedis } from '../../support/harness/redis.ts'

const programsMs = 120_000
const processesMs = 120_000
const adminToken = 'the token of the one who runs this'

let postgres: TestPostgres
let redis: TestRedis
let directory: Awaited<ReturnType<typeof freshDirectory>>
let servers: ServerProcess[]

beforeAll(async () => {
  ;[postgres, redis] = await Promise.all([startPostgres(), startRedis()])
}, programsMs)
afterAll(() => Promise.all([postgres.stop(), redis.stop()]))
beforeEach(async () => {
  directory = await freshDirectory()
  await writeFile(join(directory.path, 'secret'), secret)
  await writeFile(join(directory.path, 'admin'), adminToken)
  servers = []
})
afterEach(async () => {
  await Promise.all(servers.map((server) => server.end('SIGKILL')))
  await directory.remove()
})

async function start(bus: string): Promise<ServerProcess> {
  const secrets = ['--jwt-secret-file', join(directory.path, 'secret')]
  const admin = ['--admin-token-file', join(directory.path, 'admin')]
  const others = ['--store', postgres.url, '--bus', bus]
  const server = await startProcess(directory.path, 0, [...others, ...secrets, ...admin])
  servers.push(server)
  return server
}

async function issue(id: string): Promise<string> {
  const iat = Math.floor(Date.now() / 1_000)
  const claims = { ...sound, sub: id, iat, exp: iat + 3_600, documents: { '*': 'write' } }
  return signed(claims)
}

const revoke = ({ http }: ServerProcess, id: string): Promise<Response> =>
  fetch(`${http}/api/v1/revoke`, {
    method: 'POST',
    headers: { authorization: `Bearer ${adminToken}` },
    body: JSON.stringify({ id }),
  })

/** 426 is what a request without an upgrade gets that would be let in. */
const status = async ({ http }: ServerProcess, token: string): Promise<number> =>
  (await fetch(`${http}/ws/notes?token=${token}`)).status

test(
  'AUTH-27: a server that is cut off from Redis takes access back as well',
  async () => {
    // Nothing answers there.
    const [here, cutOff] = await Promise.all([start(redis.url), start('redis://127.0.0.1:1')])
    const [eve, ana] = [await issue('eve'), await issue('ana')]
    const client = await (await RawClient.connect(`${cutOff.url}/ws/notes?token=${eve}`)).open()
    expect((await revoke(here, 'eve')).status).toBe(200)
    expect((await client.closes()).code).toBe(4401)
    expect([await status(cutOff, eve), await status(cutOff, ana)]).toEqual([401, 426])
  },
  processesMs,
)

test(
  'AUTH-27: a server that was down when it was said refuses the token',
  async () => {
    const first = await start(redis.url)
    const eve = await issue('eve')
    expect(await status(first, eve)).toBe(426)
    expect((await revoke(first, 'eve')).status).toBe(200)
    await first.end('SIGKILL')
    expect(await status(await start(redis.url), eve)).toBe(401)
  },
  processesMs,
)
