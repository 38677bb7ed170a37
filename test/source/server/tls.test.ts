import { afterEach, beforeEach, expect, test } from 'bun:test'
import { cp } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { connect as connectTls } from 'node:tls'
import { WebsocketProvider } from 'y-websocket'
import * as Y from 'yjs'
import { freshDirectory, type ServerProcess, startProcess } from '../../support/harness/process.ts'
import { until } from '../../support/harness/wait.ts'

// Made for these tests, for 127.0.0.1 and localhost only; nobody else trusts them.
const fixtures = resolve(import.meta.dir, '../../support/fixtures/tls')
const authorities = await Promise.all(
  ['first.crt', 'second.crt'].map((name) => Bun.file(join(fixtures, name)).text()),
)

/** A socket that trusts the certificates of these tests. */
class TrustingSocket extends WebSocket {
  constructor(url: string | URL) {
    // The browser's type of it knows no certificates; Bun's socket does.
    super(url, { tls: { ca: authorities } } as never)
  }
}

let directory: Awaited<ReturnType<typeof freshDirectory>>
let server: ServerProcess
const ends: (() => void)[] = []

const at = (name: string): string => join(directory.path, name)

async function use(name: 'first' | 'second'): Promise<void> {
  await cp(join(fixtures, `${name}.crt`), at('tls.crt'))
  await cp(join(fixtures, `${name}.key`), at('tls.key'))
}

beforeEach(async () => {
  directory = await freshDirectory()
  await use('first')
  const flags = ['--tls-cert', at('tls.crt'), '--tls-key', at('tls.key')]
  server = await startProcess(at('data'), 0, flags)
})

afterEach(async () => {
  for (const end of ends.splice(0)) end()
  await server.end('SIGKILL')
  await directory.remove()
})

function open(name: string): { document: Y.Doc; provider: WebsocketProvider } {
  const document = new Y.Doc()
  const url = `wss://127.0.0.1:${server.port}/ws`
  const options = { disableBc: true, WebSocketPolyfill: TrustingSocket }
  const provider = new WebsocketProvider(url, name, document, options)
  ends.push(() => provider.destroy())
  return { document, provider }
}

/** The common name of the certificate that a new connection is shown. */
function shownName(): Promise<string> {
  const { promise, resolve: resolveName, reject } = Promise.withResolvers<string>()
  const options = { host: '127.0.0.1', port: server.port, ca: authorities }
  const socket = connectTls(options, () => {
    resolveName(String(socket.getPeerCertificate().subject.CN))
    socket.end()
  })
  socket.on('error', reject)
  return promise
}

test('TLS-1: with a certificate clients come over wss, and only so', async () => {
  expect(server.output()).toContain(`https://127.0.0.1:${server.port}/`)
  const ana = open('a')
  const bob = open('a')
  await until('both synced', () => ana.provider.synced && bob.provider.synced)
  ana.document.getText('t').insert(0, 'safe')
  await until('bob has it', () => bob.document.getText('t').toString() === 'safe')
  const answer = await fetch(`https://127.0.0.1:${server.port}/healthz`, {
    tls: { ca: authorities },
  })
  expect(answer.status).toBe(200)
  expect(fetch(`http://127.0.0.1:${server.port}/healthz`)).rejects.toThrow()
})

test('TLS-2: SIGHUP takes a new certificate, and connected clients go on', async () => {
  const ana = open('a')
  await until('synced', () => ana.provider.synced)
  expect(await shownName()).toBe('ytopic test first')
  await use('second')
  process.kill(server.pid, 'SIGHUP')
  // Who arrives in the moment of the change may have to try again.
  const shown = () => shownName().catch(() => '')
  await until('the new one is shown', async () => (await shown()) === 'ytopic test second')
  const bob = open('a')
  // Whichever listener each of them is on.
  for (let index = 0; index < 50; index++) {
    ana.document.getText('t').insert(0, 'a')
    bob.document.getText('t').insert(0, 'b')
    await Bun.sleep(5)
  }
  const said = () => server.output().includes('new certificate: DNS:localhost')
  await until('the change is said', said)
  const content = () => ana.document.getText('t').toString()
  await until('both have all', () => {
    const other = bob.document.getText('t').toString()
    return other.length === 100 && other === content()
  })
})

test('TLS-2: a certificate that cannot be used leaves the one before it in force', async () => {
  const ana = open('a')
  await until('synced', () => ana.provider.synced)
  await cp(join(fixtures, 'second.key'), at('tls.key'))
  process.kill(server.pid, 'SIGHUP')
  await until('it is said', () => server.output().includes('keeps its certificate'))
  expect(server.output()).toContain('is not the key of the certificate')
  expect(await shownName()).toBe('ytopic test first')
  expect(ana.provider.wsconnected).toBe(true)
})

test('TLS-3: what is wrong with a certificate is said in one line at the start', async () => {
  let starts = 0
  const start = (cert: string, key: string): Promise<ServerProcess> =>
    startProcess(at(`${starts++}`), 0, ['--tls-cert', cert, '--tls-key', key])
  const [missing, crossed, swapped] = await Promise.allSettled([
    start(at('nowhere.crt'), at('tls.key')),
    start(at('tls.crt'), join(fixtures, 'second.key')),
    start(at('tls.key'), at('tls.crt')),
  ])
  expect(reasonOf(missing)).toContain('nowhere.crt')
  expect(reasonOf(crossed)).toContain('is not the key of the certificate')
  expect(reasonOf(swapped)).toContain('holds no such PEM')
  for (const outcome of [missing, crossed, swapped]) {
    expect(reasonOf(outcome)).toContain('ended with 2')
    expect(reasonOf(outcome).trim().split('\n')).toHaveLength(1)
  }
})

function reasonOf(outcome: PromiseSettledResult<unknown>): string {
  return outcome.status === 'rejected' ? String(outcome.reason) : ''
}
