import { afterEach, beforeEach, expect, test } from 'bun:test'
import * as Y from 'yjs'
import { compareAll, readStored } from '../crash/stored.ts'
import { createWriter, type Writer } from '../crash/writer.ts'
import { connect, converged, synced } from '../../support/harness/provider.ts'
import { type ServerProcess, startProcess } from '../../support/harness/process.ts'
import { until } from '../../support/harness/wait.ts'
import { Random } from '../sim/random.ts'
import { mountSmallDisk, type SmallDisk } from './disk.ts'

// A disk of a busy machine is silent for some time, too.
const flags = ['--store-retry-ms-max', '200ms', '--store-silence-ms-max', '3s']

let disk: SmallDisk
let server: ServerProcess | undefined
let writers: readonly Writer[] = []
let network: { up: boolean; readonly closes: number[] }

beforeEach(async () => {
  disk = await mountSmallDisk()
  network = { up: true, closes: [] }
})
afterEach(async () => {
  // Who waits for the disk cannot even be killed.
  disk.thaw()
  for (const writer of writers) writer.end()
  await server?.end('SIGKILL')
  await disk.remove()
})

interface Health {
  readonly pendingBytes: number
  readonly metrics: { readonly connectionsOpened: number; readonly connectionsClosed: number }
}

function serving(): ServerProcess {
  if (server === undefined) throw new Error('nothing is started')
  return server
}

/** A server on that disk and clients of both protocols, whose first edits are saved. */
async function start(...more: readonly string[]): Promise<void> {
  server = await startProcess(disk.path, 0, [...flags, ...more])
  const { url } = server
  const random = new Random(1)
  const kinds = ['y-websocket', 'y-websocket', 2, 4] as const
  writers = kinds.map((kind) =>
    createWriter({ kind, url, name: 'doc', network, random: random.fork() }),
  )
  await until('all are synced', () => writers.every((writer) => writer.synced()))
  edit(5)
  await until('all is saved', () => unsaved() === 0)
}

function edit(times: number): void {
  for (let count = 0; count < times; count++) for (const writer of writers) writer.edit()
}

const unsaved = (): number => writers.reduce((sum, { book }) => sum + book.unsaved, 0)
const receipts = (): number => writers.reduce((sum, { book }) => sum + book.receipts, 0)

async function ready(): Promise<{ readonly status: number; readonly text: string }> {
  const answer = await fetch(`${serving().http}/readyz`)
  return { status: answer.status, text: await answer.text() }
}

async function health(): Promise<Health> {
  return (await fetch(`${serving().http}/healthz`)).json()
}

async function connections(): Promise<number> {
  const { metrics } = await health()
  return metrics.connectionsOpened + metrics.connectionsClosed
}

const linesWith = (event: string): readonly string[] =>
  serving()
    .output()
    .split('\n')
    .filter((line) => line.includes(event))

/** Every edit of every writer is on the disk, once. */
async function expectAllStored(): Promise<void> {
  await serving().end('SIGKILL')
  const { documents, faults } = await readStored(disk.path)
  expect([
    ...faults,
    ...compareAll(
      documents,
      writers.map(({ book }) => book),
    ),
  ]).toEqual([])
  const stored = documents.get('doc') ?? new Y.Doc()
  await converged(stored, ...writers.map(({ document }) => document))
}

test.each([
  ['a full disk', 'store-write-failed', /disk is full/, () => disk.fill(), () => disk.free()],
  ['read-only files', 'store-write-failed', /I\/O/, () => disk.protect(), () => disk.unprotect()],
  ['a disk that hangs', 'store-silent', /no write/, () => disk.freeze(), () => disk.thaw()],
])(
  'DISK-1, DISK-2: with %s nothing is called saved; later all is, with nobody reconnecting',
  async (_, event, why, spoil, mend) => {
    await start()
    const before = await connections()
    spoil()
    await until('it is not ready', async () => {
      edit(1)
      return (await ready()).status === 503
    })
    const saved = receipts()
    edit(50)
    await converged(...writers.map(({ document }) => document))
    const said = linesWith(event).length
    if (event === 'store-write-failed') {
      await until('it has tried again', () => linesWith(event).length > said + 2)
    }
    expect(await ready()).toMatchObject({ status: 503 })
    expect((await ready()).text).toMatch(why)
    expect(linesWith(event)[0]).toMatch(why)
    expect(linesWith(event)[0]).toContain(disk.path)
    expect(receipts()).toBe(saved)
    expect(unsaved()).toBeGreaterThanOrEqual(200)
    mend()
    await until('all is saved', () => unsaved() === 0)
    expect(await ready()).toMatchObject({ status: 200 })
    expect(linesWith('store-back')).toHaveLength(1)
    expect(await connections()).toBe(before)
    await expectAllStored()
  },
  120_000,
)

test('DISK-3: after a disk has broken down, mending and a restart bring everything', async () => {
  await start()
  disk.breakDown()
  await until('it is not ready', async () => {
    edit(1)
    return (await ready()).status === 503
  })
  expect((await ready()).text).toMatch(/I\/O|readonly/)
  const saved = receipts()
  edit(20)
  await converged(...writers.map(({ document }) => document))
  expect(receipts()).toBe(saved)
  const { port } = serving()
  await serving().end('SIGKILL')
  disk.repair()
  server = await startProcess(disk.path, port, flags)
  await converged(...writers.map(({ document }) => document))
  edit(1)
  const fresh = connect(`${server.url}/ws`, 'doc')
  await converged(fresh.document, ...writers.map(({ document }) => document))
  await until('all is on the disk', async () => (await health()).pendingBytes === 0)
  fresh.end()
  await expectAllStored()
}, 120_000)

test('DISK-4: past the bound clients are sent away with 1013 and lose nothing', async () => {
  await start('--journal-bytes-max', '1MiB')
  disk.fill()
  const paster = connect(`${serving().url}/ws`, 'pasted')
  await synced(paster)
  const text = paster.document.getText('t')
  await until('its place is taken', () => {
    if (!paster.provider.synced) return true
    text.insert(0, 'x'.repeat(60_000))
    return false
  })
  await until('all have been sent away', () => {
    edit(2)
    return network.closes.length > 8
  })
  expect(new Set(network.closes)).toEqual(new Set([1013]))
  expect((await health()).pendingBytes).toBeLessThanOrEqual(1_024 * 1_024)
  disk.free()
  const url = `${serving().url}/ws`
  const pasted = connect(url, 'pasted')
  const fresh = connect(url, 'doc')
  await until('the paste is back', () => pasted.document.getText('t').length === text.length)
  await converged(...writers.map(({ document }) => document), fresh.document)
  await until('all is on the disk', async () => (await health()).pendingBytes === 0)
  for (const client of [fresh, pasted, paster]) client.end()
  await expectAllStored()
}, 120_000)

test.each([
  ['a full disk', () => disk.fill(), /space left.*make room on the disk/],
  ['a read-only directory', () => disk.protect(), /let this user write/],
])('DISK-5: on %s it does not start and says why', async (_, spoil, why) => {
  spoil()
  const said = await startProcess(disk.path, 0, flags).then(() => 'it runs', String)
  expect(said).toContain('ended with 2')
  expect(said).toMatch(why)
  expect(said).toContain(disk.path)
})
