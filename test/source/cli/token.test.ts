import { expect, test } from 'bun:test'
import { join, resolve } from 'node:path'
import { decodeJwt } from 'jose'
import { readCommand } from '../../../src/config.ts'
import { freshDirectory, startProcess } from '../../support/harness/process.ts'
import { RawClient } from '../../support/harness/raw-client.ts'

const main = resolve(import.meta.dir, '../../../src/main.ts')
const secret = 'a secret for development, long enough'

async function run(
  args: readonly string[],
  environment: Readonly<Record<string, string>> = { YTOPIC_JWT_SECRET: secret },
): Promise<{ readonly code: number; readonly out: string; readonly err: string }> {
  const child = Bun.spawn([process.execPath, main, 'token', ...args], {
    stdout: 'pipe',
    stderr: 'pipe',
    env: { PATH: process.env['PATH'], ...environment },
  })
  const [out, err, code] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
    child.exited,
  ])
  return { code, out: out.trim(), err: err.trim() }
}

test('AUTH-12: a token that was made is taken by a server with the same secret', async () => {
  const directory = await freshDirectory()
  const file = join(directory.path, 'secret')
  await Bun.write(file, `${secret}\n`)
  const flags = ['--jwt-secret-file', file, '--jwt-issuer', 'me', '--deny-delay-ms', '20']
  const server = await startProcess(join(directory.path, 'data'), 0, flags)
  const made = ['--document', 'team/*', '--access', 'read', '--jwt-issuer', 'me']
  const { out: byFile } = await run([...made, '--jwt-secret-file', file], {})
  const { out: byVariable } = await run(made)
  for (const token of [byFile, byVariable]) {
    const url = `${server.http}/ws/team/notes?token=${token}`
    expect((await fetch(url)).status).toBe(426)
    expect((await fetch(url.replace('team', 'other'))).status).toBe(403)
    await (await RawClient.connect(url.replace('http', 'ws'))).open()
  }
  const { out: another } = await run(['--document', '*'])
  expect((await fetch(`${server.http}/ws/x?token=${another}`)).status).toBe(403)
  await server.end('SIGTERM')
  await directory.remove()
}, 60_000)

test('AUTH-12: it says document, access, person and time, an hour unless told', async () => {
  const plain = decodeJwt((await run(['--document', 'notes'])).out)
  expect(plain).toMatchObject({ documents: { notes: 'write' } })
  expect((plain.exp ?? 0) - (plain.iat ?? 0)).toBe(3_600)
  const who = ['--id', 'ana', '--name', 'Ana', '--for', '90s', '--jwt-audience', 'docs']
  const named = decodeJwt((await run(['--document', 'n', ...who])).out)
  expect(named).toMatchObject({ sub: 'ana', name: 'Ana', aud: 'docs' })
  expect((named.exp ?? 0) - (named.iat ?? 0)).toBe(90)
}, 60_000)

test('AUTH-12: without a secret, or with a short one, it says so and makes none', async () => {
  for (const environment of [{}, { YTOPIC_JWT_SECRET: 'short' }]) {
    const { code, err, out } = await run(['--document', 'notes'], environment)
    expect([code, out]).toEqual([1, ''])
    expect(err).toContain('secret')
    expect(err.split('\n')).toHaveLength(1)
    expect(err).not.toContain('short')
  }
}, 60_000)

const mistakes: readonly (readonly [readonly string[], string])[] = [
  [[], 'token needs --document NAME'],
  [['--document', ''], '--document takes the name of a document, not nothing'],
  [
    ['--document', 'n', '--access', 'own'],
    "--access takes read, comment, write or admin, not 'own'",
  ],
  [['--document', 'n', '--for', 'ever'], "not 'ever'"],
  [['--document', 'n', '--for', '0s'], "not '0s'"],
  [['--document', 'n', '--for', '900d'], "not '900d'"],
]

for (const [args, words] of mistakes) {
  test(`CLI-2: ytopic token ${args.join(' ')} is answered with one line`, () => {
    const command = readCommand(['token', ...args], {})
    expect(command.kind === 'mistake' ? command.line : command.kind).toContain(words)
  })
}
