import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'bun:test'
import { startPostgres, type TestPostgres } from '../../../support/harness/postgres.ts'
import { freshDirectory, startProcess } from '../../../support/harness/process.ts'
import { connectHocuspocus } from '../../../support/harness/hocuspocus.ts'
import { connect, synced } from '../../../support/harness/provider.ts'
import { until } from '../../../support/harness/wait.ts'

let postgres: TestPostgres

beforeAll(async () => {
  postgres = await startPostgres()
}, 120_000)
afterAll(() => postgres.stop())

test('POSTGRES-13: what is saved is in the database when the server is killed', async () => {
  const { path: directory, remove } = await freshDirectory()
  const password = join(directory, 'password')
  await writeFile(password, 'not-to-be-shown\n')
  const flags = ['--store', postgres.url, '--store-password-file', password]
  const first = await startProcess(directory, 0, flags)
  expect(first.output()).toContain(
    `keeps documents in postgres://postgres@127.0.0.1:${postgres.port}/postgres: no synchronous`,
  )
  expect(first.output()).not.toContain('not-to-be-shown')
  const writer = connectHocuspocus(4, `${first.url}/hocuspocus`, 'kept')
  await until('synced', () => writer.provider.synced)
  writer.document.getText('t').insert(0, 'said to be saved')
  await until('saved', () => !writer.provider.hasUnsyncedChanges)
  writer.end()
  await first.end('SIGKILL')
  const second = await startProcess(directory, 0, flags)
  const reader = connect(`${second.url}/ws`, 'kept')
  await synced(reader)
  expect(reader.document.getText('t').toString()).toBe('said to be saved')
  reader.end()
  expect(await second.end('SIGTERM')).toBe(0)
  await remove()
})

test('POSTGRES-14: /readyz tells that the database is away, and that it is back', async () => {
  const flags = ['--store', postgres.url, '--store-silence-ms-max', '500']
  const { path: directory, remove } = await freshDirectory()
  const server = await startProcess(directory, 0, flags)
  const ready = () => fetch(`${server.http}/readyz`)
  expect((await ready()).status).toBe(200)
  const client = connectHocuspocus(4, `${server.url}/hocuspocus`, 'away')
  await until('synced', () => client.provider.synced)
  await postgres.kill()
  await until('red', async () => (await ready()).status === 503)
  // First it may say that the database is shutting down.
  await until('it says what to do', async () => {
    const { reason }: { readonly reason: string } = await (await ready()).json()
    return reason.includes('start PostgreSQL, or mend the address of --store')
  })
  client.document.getText('t').insert(0, 'typed meanwhile')
  expect(client.provider.hasUnsyncedChanges).toBe(true)
  await postgres.restart()
  await until('green', async () => (await ready()).status === 200)
  await until('saved', () => !client.provider.hasUnsyncedChanges)
  client.end()
  await server.end('SIGTERM')
  await remove()
})
