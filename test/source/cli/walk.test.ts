import { afterEach, beforeEach, expect, test } from 'bun:test'
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { connect, synced } from '../../support/harness/provider.ts'
import { startServer } from '../../support/harness/server.ts'
import { LiveAuthority } from '../../support/fakes/live-authority.ts'
import { main, ytopicIn } from './stage.ts'

const page = readFileSync(resolve(import.meta.dir, '../../../docs/command-line.md'), 'utf8')
const [, walk = ''] = /^```sh walk\n([\s\S]*?)^```$/m.exec(page) ?? []

let folder: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ytopic-walk-'))
  writeFileSync(join(folder, 'ytopic'), `#!/bin/sh\nexec "${process.execPath}" "${main}" "$@"\n`)
  chmodSync(join(folder, 'ytopic'), 0o755)
})
afterEach(() => rmSync(folder, { recursive: true }))

/** Runs what the page says, line by line, until something fails. */
async function walked(environment: Readonly<Record<string, string>>): Promise<string> {
  const child = Bun.spawn(['sh', '-eu', '-c', walk], {
    cwd: folder,
    env: { ...process.env, PATH: `${folder}:${process.env['PATH']}`, ...environment },
    stdout: 'pipe',
    stderr: 'pipe',
  })
  const [out, err] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
  ])
  expect([await child.exited, err.replaceAll(/^\d+ \w+s?\n/gm, '')]).toEqual([0, ''])
  return out
}

/** What the page says that is printed. */
function expectSaid(out: string): void {
  const lines = out.split('\n')
  expect(lines).toContain('hello brave world')
  expect(lines).toContain('hello {+brave +}world')
  expect(lines.filter((line) => line === 'hello world')).toHaveLength(1)
  expect(out).toContain('{"codemirror":"hello world\\n"}')
  expect(out).toContain('"first draft"')
  expect(out).toMatch(/undo it with: ytopic restore "notes" \w+/)
  expect(out).toContain('purged: document "copy"')
  expect(readFileSync(join(folder, 'notes.json'), 'utf8')).toBe('{"codemirror":"hello world\\n"}')
}

test('TOOLS-13: the walk through the commands of documents has every one', () => {
  const commands = new Set([...walk.matchAll(/ytopic (\w+)/g)].map(([, command]) => command))
  const all = 'documents versions show diff restore delete undelete purge export import'.split(' ')
  expect(commands).toEqual(new Set(all))
})

test('TOOLS-13: it works on a data directory', async () => {
  expectSaid(await walked({}))
  expect((await ytopicIn({}, 'verify', '--data', join(folder, 'data'))).code).toBe(0)
}, 180_000)

test('TOOLS-13: it works on a running server, with a token, while people write', async () => {
  const authority = new LiveAuthority()
  authority.grant('token of ada', { access: 'admin', who: { id: 'ada', name: 'Ada' } })
  const server = startServer({}, undefined, { authority })
  const client = connect(`${server.url}/ws`, 'notes', undefined, { token: 'token of ada' })
  await synced(client)
  const seen: string[] = []
  const text = client.document.getText('codemirror')
  text.observe(() => seen.push(text.toString().trim()))
  writeFileSync(join(folder, 'token'), 'token of ada\n')
  const out = await walked({ YTOPIC_SERVER: server.http, YTOPIC_TOKEN_FILE: 'token' })
  expectSaid(out)
  // Who wrote it stands with the version of the import, behind which nothing was written.
  expect(out).toMatch(/"first draft"\n\S+ .* import, by Ada/)
  expect(seen).toEqual(['hello world', 'hello brave world', 'hello world'])
  client.end()
  await server.stop()
}, 180_000)

test('TOOLS-14: what a server refuses, or who does not answer, is said in one line', async () => {
  const authority = new LiveAuthority()
  authority.grant('reader', { access: 'read' })
  const server = startServer({}, undefined, { authority })
  writeFileSync(join(folder, 'token'), 'reader')
  const asReader = { YTOPIC_SERVER: server.http, YTOPIC_TOKEN_FILE: join(folder, 'token') }
  const refused = await ytopicIn(asReader, 'delete', 'notes')
  expect(refused).toMatchObject({ code: 1, out: '' })
  expect(refused.err).toMatch(/^ytopic delete: .*"admin" access; yours is "read".\n$/)
  const missing = await ytopicIn(asReader, 'show', 'nowhere')
  expect(missing.err).toMatch(/^ytopic show: Nothing exists.*\n$/)
  await server.stop()
  const gone = await ytopicIn(asReader, 'show', 'notes')
  expect(gone.err).toMatch(/^ytopic show: http\S+ does not answer: .* with --server.\n$/)
  expect(gone.code).toBe(1)
  const none = await ytopicIn({}, 'versions', 'notes', '--data', join(folder, 'none'))
  expect(none.err).toMatch(/^ytopic versions: There are no documents in .*\n$/)
})
