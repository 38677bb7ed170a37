import { expect, test } from 'bun:test'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { subcommands } from '../../../src/cli/commands.ts'
import { readCommand } from '../../../src/config.ts'
import { flagName } from '../../../src/config/flag.ts'
import { bytes, choice, count, duration, list, toggle } from '../../../src/config/reader.ts'
import { limitTable } from '../../../src/base/limits/limit-table.ts'
import { defaultLimits, limitNames } from '../../../src/base/limits/limits.ts'
import { freshDirectory, startProcess } from '../../support/harness/process.ts'
import packageJson from '../../../package.json' with { type: 'json' }

const main = resolve(import.meta.dir, '../../../src/main.ts')

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
  const durability = 'full' as const
  const defaults = { host: '127.0.0.1', port: 1234, data: './data', durability }
  expect(served([])).toMatchObject(defaults)
  expect(served(['serve'], environment)).toMatchObject({
    host: 'localhost',
    port: 4000,
    data: '/srv/a',
    durability,
  })
  const flags = ['serve', '--port', '5000', '--host=127.0.0.1', '--data', 'b']
  expect(served(flags, environment)).toMatchObject({
    host: '127.0.0.1',
    port: 5000,
    data: 'b',
    durability,
  })
  const relaxed = { YTOPIC_DURABILITY: 'relaxed' }
  expect(served([], relaxed)).toMatchObject({ ...defaults, durability: 'relaxed' })
  expect(served(['--durability', 'full'], relaxed)).toMatchObject(defaults)
})

const mistakes: readonly (readonly [readonly string[], string])[] = [
  [['--color'], "unknown option '--color' ("],
  [['--prot', '1'], "unknown option '--prot'; is it '--port'? ("],
  [['--alow-anonymous', 'read'], "is it '--allow-anonymous'?"],
  [['--jwt-secret', 'f'], "is it '--jwt-secret-file'?"],
  [['--connection-max', '7'], "is it '--connections-max'?"],
  [['-p', '1'], "unknown option '-p' ("],
  [['serve', '--port', 'http'], "not 'http'"],
  [['--port', '65536'], "not '65536'"],
  [['--port', '-1'], '--port'],
  [['--port'], '--port'],
  [['--data', ''], '--data'],
  [['--host', ''], '--host'],
  [['eat'], "unknown command 'eat'"],
  [['verfy'], "is it 'verify'?"],
  [['--data', 'd', 'verify'], "'verify' goes before its flags"],
  [['--durability', 'some'], "not 'some'"],
  [['verify', '--color'], '--color'],
  [['documents', '--jsno'], "is it '--json'?"],
  [['export', 'a', '--out', 'f'], "is it '--output'?"],
  [['token', '--acess', 'read'], "is it '--access'?"],
  [['export', 'a', '--output', ''], '--output takes a file, not nothing'],
  [['import', 'x', '--from', 'papers'], '--from takes hocuspocus or y-leveldb'],
  [['verify', 'now'], "'now' is one word too many"],
  [['verify', '--data', ''], '--data takes a directory'],
  [['backup'], 'backup needs FILE'],
  [['restore'], 'restore needs FILE'],
  [['export'], 'export needs DOCUMENT'],
  [['import', 'x.bin'], 'import needs --document NAME'],
  [['import', 'x', '--from', 'paper'], "not 'paper'"],
  [['import', 'x', '--from', 'hocuspocus', '--document', 'd'], 'does not go with --from'],
  [['serve', 'now'], "'now' is one word too many"],
  [['--allow-anonymous', 'dance'], "not 'dance'"],
  [['--origin', 'app.example.org'], "not 'app.example.org'"],
  [['--origin', 'https://a.example/path'], "not 'https://a.example/path'"],
  [['--origin', ''], '--origin takes an origin'],
  [['--trust-proxy', '10.0.0.0/33'], "not '10.0.0.0/33'"],
  [['--trust-proxy', 'everybody'], "not 'everybody'"],
  [['--tls-cert', 'a.crt'], '--tls-cert needs --tls-key'],
  [['--tls-key', 'a.key'], '--tls-key needs --tls-cert'],
  [['--frame-bytes-max', '16MB'], "--frame-bytes-max takes 1KiB to 1GiB, not '16MB'"],
  [['--frame-bytes-max', '1023'], "not '1023'"],
  [['--keep-alive-ms', '1m'], "--keep-alive-ms takes 1s to 25s, not '1m'"],
  [['--connections-max', '0'], '--connections-max takes 1 to 1000000'],
  [['--delete-ahead-max', '1'], '--delete-ahead-max'],
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
  const { code, out, err } = await run('--color')
  expect([code, out]).toEqual([2, ''])
  expect(err.trim().split('\n')).toHaveLength(1)
})

const fixtures = resolve(import.meta.dir, '../../support/fixtures/tls')
const tls = ['--tls-cert', join(fixtures, 'first.crt'), '--tls-key', join(fixtures, 'first.key')]

test.each([
  ['another program', async () => bareServer()],
  ['another ytopic', () => startProcess(tempName())],
  ['another ytopic with a certificate', () => startProcess(tempName(), 0, tls)],
])(
  'CLI-2, SERVER-8: a port that %s has ends with code 2 and one line',
  async (_, start) => {
    const taken = await start()
    for (const flags of [[], tls]) {
      const { code, err } = await run('--port', `${taken.port}`, '--data', tempName(), ...flags)
      expect(code).toBe(2)
      expect(err.trim()).toContain('the port is taken')
      expect(err.trim().split('\n')).toHaveLength(1)
    }
    await taken.end('SIGTERM')
  },
  60_000,
)

test('CLI-3: --help and --version print and end with 0', async () => {
  const [help, version] = await Promise.all([run('--help'), run('--version')])
  expect([help.code, version.code]).toEqual([0, 0])
  for (const flag of ['--host', '--port', '--data', '--help', '--version']) {
    expect(help.out).toContain(flag)
  }
  expect(version.out.trim()).toBe(packageJson.version)
})

test('CLI-2: a bad value of the environment is answered by its name there', () => {
  const command = readCommand([], { YTOPIC_CONNECTIONS_MAX: 'many' })
  expect(command.kind === 'mistake' ? command.line : '').toContain(
    "YTOPIC_CONNECTIONS_MAX takes 1 to 1000000, not 'many'",
  )
})

test('CLI-6: limits are flags and variables, in bytes, time and counts', () => {
  const environment = { YTOPIC_CONNECTIONS_MAX: '7', YTOPIC_FRAME_BYTES_MAX: '2048' }
  const flags = ['--frame-bytes-max', '3MiB', '--keep-alive-ms=2s', '--room-idle-ms-max', '250']
  const config = served(flags, environment)
  expect('limits' in config ? config.limits : config).toEqual({
    ...defaultLimits,
    frame_bytes_max: 3 * 1024 * 1024,
    keep_alive_ms: 2_000,
    room_idle_ms_max: 250,
    connections_max: 7,
  })
})

test('CLI-6: --help-limits tells every limit that can be set, with its default', () => {
  const command = readCommand(['--help-limits'], {})
  const text = command.kind === 'help' ? command.text : ''
  for (const name of limitNames) {
    const flag = `--${name.replaceAll('_', '-')} `
    expect(text.includes(flag), name).toBe(limitTable[name].range !== undefined)
  }
  expect(text).toContain('YTOPIC_KEEP_ALIVE_MS, default 12s')
})

test('CLI-7: a list is given by commas, by repeating the flag, or both', () => {
  const origins = ['--origin', 'https://a.example,https://B.example:1', '--origin', '*']
  const flags = [...origins, '--allow-anonymous', 'write']
  const origin = ['https://a.example', 'https://b.example:1', '*']
  expect(served(flags, { YTOPIC_TRUST_PROXY: '::1, 10.0.0.0/8' })).toMatchObject({
    origin,
    trustProxy: ['::1', '10.0.0.0/8'],
  })
})

const sorted = list(choice('a', 'b'))
const readings: readonly (readonly [string, unknown, unknown])[] = [
  ['a time with its unit', duration(0, 3_600_000).read('5m'), 300_000],
  ['a time without one, in milliseconds', duration(0, 9).read('9'), 9],
  ['no unit of another kind', duration(0, 9).read('1KiB'), undefined],
  ['no sign, no point and no exponent', count('N', 0, 9).read('1e0'), undefined],
  ['bytes with their unit', bytes(0, 2 ** 40).read('2GiB'), 2 ** 31],
  ['a list between commas', sorted.read('a, b'), ['a', 'b']],
  ['no list with one bad part', sorted.read('a,c'), undefined],
  ['a switch', toggle.read('1'), true],
  ['a switch that is on', toggle.read('on'), true],
  ['a switch that is off', toggle.read('off'), false],
]

test.each([...readings])('CLI-6: a reader takes %s', (_, read, wanted) => {
  expect(read).toEqual(wanted)
})

test('CLI-8: what is said of one run is read from no variable, in its help neither', () => {
  const environment = { YTOPIC_DOCUMENT: 'notes', YTOPIC_FROM: 'paper', YTOPIC_JSON: 'maybe' }
  const told = readCommand(['token'], environment)
  expect(told.kind === 'mistake' ? told.line : '').toContain('token needs --document NAME')
  expect(readCommand(['documents'], environment).kind).toBe('tool')
  const help = readCommand(['token', '--help'], environment)
  const text = help.kind === 'help' ? help.text : ''
  expect(text).not.toContain('YTOPIC_DOCUMENT)')
  expect(text).toContain('YTOPIC_JWT_ISSUER)')
})

test.each([
  ['verify', ['--data', '']],
  ['token', ['--jwt-issuer', '']],
  ['token', ['--jwt-isuer', 'me']],
  ['verify', ['--no-such-flag']],
  ['verify', ['now', 'then']],
])('CLI-8: ytopic %s refuses %p in the words of the server', (command, given) => {
  const [ofServer, made] = [['serve'], [command]].map((name) => {
    const read = readCommand([...name, ...given], {})
    return read.kind === 'mistake' ? read.line.replace(`ytopic ${command} `, 'ytopic ') : read.kind
  })
  expect(made).toStartWith('ytopic: ')
  expect(made).toBe(ofServer ?? '')
})

test('CLI-3: every command tells its flags and ends with 0', async () => {
  for (const { name, flags } of subcommands) {
    const command = readCommand([name, '--help'], {})
    const text = command.kind === 'help' ? command.text : ''
    expect(text).toStartWith(`Usage: ytopic ${name}`)
    for (const flag of Object.keys(flags)) expect(text).toContain(`--${flagName(flag)}`)
  }
  const { code, out } = await run('verify', '--help')
  expect([code, out.startsWith('Usage: ytopic verify')]).toEqual([0, true])
})

test('CLI-5: the durability is said at the start and on /healthz', async () => {
  const directory = await freshDirectory()
  for (const [level, flags] of [
    ['full', []],
    ['relaxed', ['--durability', 'relaxed']],
  ] as const) {
    const server = await startProcess(directory.path, 0, flags)
    const health: unknown = await (await fetch(`${server.http}/healthz`)).json()
    expect(health).toMatchObject({ status: 'ok', durability: level })
    expect(server.output()).toContain(`durability ${level}); anybody may read, write and delete`)
    await server.end('SIGTERM')
  }
  await directory.remove()
}, 60_000)

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

function bareServer(): { port: number | undefined; end(): Promise<void> } {
  const server = Bun.serve({ hostname: '127.0.0.1', port: 0, fetch: () => new Response('') })
  return { port: server.port, end: () => server.stop(true) }
}

function tempName(): string {
  return join(tmpdir(), `ytopic-test-cli-${crypto.randomUUID()}`)
}
