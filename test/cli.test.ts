import { expect, test } from 'bun:test'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { readCommand } from '../src/config.ts'
import packageJson from '../package.json' with { type: 'json' }

const main = resolve(import.meta.dir, '../src/main.ts')

async function run(
  ...args: readonly string[]
): Promise<{ code: number; out: string; err: string }> {
  const child = Bun.spawn([process.execPath, main, ...args], { stdout: 'pipe', stderr: 'pipe' })
  const [out, err, code] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
    child.exited,
  ])
  return { code, out, err }
}

function served(args: readonly string[], environment: Record<string, string> = {}) {
  const command = readCommand(args, environment)
  return command.kind === 'serve' ? command.config : command
}

test('CLI-1: flags go before the environment, the environment before the defaults', () => {
  const environment = { YTOPIC_PORT: '4000', YTOPIC_DATA: '/srv/a', YTOPIC_HOST: 'localhost' }
  const defaults = { host: '127.0.0.1', port: 1234, data: './data' }
  expect(served([])).toEqual(defaults)
  expect(served(['serve'], environment)).toEqual({ host: 'localhost', port: 4000, data: '/srv/a' })
  const flags = ['serve', '--port', '5000', '--host=127.0.0.1', '--data', 'b']
  expect(served(flags, environment)).toEqual({ host: '127.0.0.1', port: 5000, data: 'b' })
})

const mistakes: readonly (readonly [readonly string[], string])[] = [
  [['--colour'], '--colour'],
  [['serve', '--port', 'http'], "not 'http'"],
  [['--port', '65536'], "not '65536'"],
  [['--port', '-1'], '--port'],
  [['--port'], '--port'],
  [['--data', ''], '--data'],
  [['--host', ''], '--host'],
  [['eat'], "unknown command 'eat'"],
  [['serve', 'now'], "'now' is one word too many"],
  [['--allow-anonymous', 'dance'], "not 'dance'"],
]

for (const [args, words] of mistakes) {
  test(`CLI-2: ytopic ${args.join(' ')} is answered with one line`, () => {
    const command = readCommand(args, {})
    const line = command.kind === 'mistake' ? command.line : command.kind
    expect(line).toContain(words)
    expect(line.split('\n')).toHaveLength(1)
  })
}

test('CLI-2: an unknown flag ends with code 2 and one line on standard error', async () => {
  const { code, out, err } = await run('--colour')
  expect([code, out]).toEqual([2, ''])
  expect(err.trim().split('\n')).toHaveLength(1)
})

test('CLI-2: a taken port ends with code 2 and one line', async () => {
  const taken = Bun.serve({ hostname: '127.0.0.1', port: 0, fetch: () => new Response('') })
  const { code, err } = await run('--port', `${taken.port}`, '--data', tempName())
  await taken.stop(true)
  expect(code).toBe(2)
  expect(err.trim()).toContain('the port is taken')
  expect(err.trim().split('\n')).toHaveLength(1)
})

test('CLI-3: --help and --version print and end with 0', async () => {
  const [help, version] = await Promise.all([run('--help'), run('--version')])
  expect([help.code, version.code]).toEqual([0, 0])
  for (const flag of ['--host', '--port', '--data', '--help', '--version']) {
    expect(help.out).toContain(flag)
  }
  expect(version.out.trim()).toBe(packageJson.version)
})

test('CLI-4: beyond loopback the server is started only with a word that allows it', () => {
  for (const host of ['127.0.0.1', '127.9.9.9', 'localhost', '::1']) {
    expect(readCommand(['--host', host], {}).kind).toBe('serve')
  }
  for (const host of ['0.0.0.0', '::', '192.168.1.7', '127.0.0.1.example.org', '*']) {
    const command = readCommand(['--host', host], {})
    expect(command.kind === 'mistake' ? command.line : '').toContain('--allow-anonymous')
    const allowed = readCommand(['--host', host, '--allow-anonymous', 'write'], {})
    expect(allowed.kind).toBe('serve')
  }
})

function tempName(): string {
  return join(tmpdir(), `ytopic-test-cli-${crypto.randomUUID()}`)
}
