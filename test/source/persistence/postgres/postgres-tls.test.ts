import { afterAll, beforeAll, expect, test } from 'bun:test'
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { openPostgresStore } from '../../../../persistence/postgres/store.ts'
import { storeErrorOf } from '../../../../persistence/contract/stage.ts'
import { unprivileged } from '../../../../scripts/programs/postgres.mjs'
import { startPostgres, type TestPostgres } from '../../../support/harness/postgres.ts'
import { freshDirectory } from '../../../support/harness/process.ts'
import { ytopic } from '../../cli/stage.ts'

const slowMs = 120_000
let directory: Awaited<ReturnType<typeof freshDirectory>>
let postgres: TestPostgres

/** The file of that name beside the certificates. */
const at = (name: string): string => join(directory.path, name)

function run(program: string, words: readonly string[]): void {
  const { status, stderr } = spawnSync(program, words, { encoding: 'utf8' })
  if (status !== 0) throw new Error(`${program} failed: ${stderr.trim()}`)
}

/** An authority, and by the first one a certificate for this machine. */
function certify(): void {
  for (const name of ['ca', 'other']) {
    const subject = ['-subj', `/CN=${name}`, '-days', '2']
    const files = ['-keyout', at(`${name}.key`), '-out', at(`${name}.crt`)]
    run('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', ...subject, ...files])
  }
  const names = ['-subj', '/CN=127.0.0.1', '-addext', 'subjectAltName=IP:127.0.0.1']
  const asked = ['-keyout', at('server.key'), '-out', at('server.csr')]
  run('openssl', ['req', '-newkey', 'rsa:2048', '-nodes', ...names, ...asked])
  const by = ['-CA', at('ca.crt'), '-CAkey', at('ca.key'), '-CAcreateserial', '-days', '2']
  const made = ['-in', at('server.csr'), '-copy_extensions', 'copy', '-out', at('server.crt')]
  run('openssl', ['x509', '-req', ...made, ...by])
  const { user } = unprivileged()
  if (user !== undefined) run('chown', ['-R', user, directory.path])
  run('chmod', ['600', at('server.key')])
}

beforeAll(async () => {
  directory = await freshDirectory()
  certify()
  const files = { ssl_cert_file: at('server.crt'), ssl_key_file: at('server.key') }
  postgres = await startPostgres({ ssl: 'on', ...files })
}, slowMs)
afterAll(async () => {
  await postgres.stop()
  await directory.remove()
})

const trusting = async (name: string) => ({
  ca: await Bun.file(at(`${name}.crt`)).text(),
  rejectUnauthorized: true,
})

test(
  'POSTGRES-18: a database whose certificate is signed as told is spoken to by TLS',
  async () => {
    const store = await openPostgresStore({ url: postgres.url, tls: await trusting('ca') })
    const rows: readonly { readonly ssl: boolean }[] = await postgres.sql.unsafe(
      `SELECT ssl FROM pg_stat_ssl JOIN pg_stat_activity USING (pid)
       WHERE application_name = 'ytopic'`,
    )
    expect(rows.length).toBeGreaterThan(0)
    expect(rows.every(({ ssl }) => ssl)).toBe(true)
    await store.close()
    const flags = ['--store', postgres.url, '--store-ca-file', at('ca.crt')]
    const listed = await ytopic('documents', ...flags)
    expect([listed.err.trim(), listed.code]).toEqual(['0 documents', 0])
  },
  slowMs,
)

test(
  'POSTGRES-18: one that another authority has signed is refused in one line',
  async () => {
    const opening = openPostgresStore({ url: postgres.url, tls: await trusting('other') })
    expect((await storeErrorOf(opening)).kind).toBe('unavailable')
    const flags = ['--store', postgres.url, '--store-ca-file', at('other.crt')]
    const refused = await ytopic('documents', ...flags)
    expect([refused.code, refused.err.trim().split('\n').length]).toEqual([1, 1])
  },
  slowMs,
)

test(
  'POSTGRES-18: one that speaks no TLS is refused where an authority is given',
  async () => {
    const plain = await startPostgres()
    try {
      const opening = openPostgresStore({ url: plain.url, tls: await trusting('ca') })
      expect((await storeErrorOf(opening)).kind).toBe('unavailable')
    } finally {
      await plain.stop()
    }
  },
  slowMs,
)
