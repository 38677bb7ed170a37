import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { Batch } from '../persistence/batch.ts'
import { openSqliteStore } from '../persistence/sqlite/store.ts'
import { startServer, type TestServer } from '../test/support/harness/server.ts'
import { manyEdits } from './shapes/many-edits.ts'
import { typedMessages } from './shapes/messages.ts'
import { worked } from './worked.ts'

// How long one turn of a server's event loop lasts for the sake of one document or one round:
// `bun bench/turns.ts [CONNECTIONS]`. The server is in this process and a probe beside it.
const connections = Number(process.argv[2] ?? '19000')
const document = manyEdits(20_000, 50)
// Made before: the turns that count are the server's.
const keystrokes = typedMessages(2_500, 50)
const allowed = {
  client_address_connections_max: 1_000_000,
  silent_connections_max: 1_000_000,
  room_idle_ms_max: 600_000,
}

console.log('| what | longest turns, ms of this thread |')
console.log('|---|---|')
console.log(`| nothing | ${told(await longest(5, () => Bun.sleep(1_000)))} |`)
await measureDocument()
await measureRounds()
process.exit(0)

async function measureDocument(): Promise<void> {
  const loads: number[] = []
  const folds: number[] = []
  for (let round = 0; round < 5; round++) {
    // The one that servers have: a store in memory would copy the document on this thread.
    const directory = await mkdtemp(join(tmpdir(), 'ytopic-bench-'))
    const store = await openSqliteStore({ directory })
    const batch = new Batch()
    batch.add('large', document)
    await store.append(batch)
    await store.compact('large', document, await store.load('large'))
    const server = startServer(allowed, store)
    let writer: WebSocket | undefined
    const opening = async (): Promise<void> => {
      writer = await open(server)
    }
    loads.push(...(await longest(1, opening)))
    const folding = async (): Promise<void> => {
      for (const message of keystrokes) {
        writer?.send(new Uint8Array(message))
        await Bun.sleep(0)
      }
      await until(() => server.ytopic.metrics.compactions > 0)
      await Bun.sleep(1_500)
    }
    folds.push(...(await longest(1, folding)))
    writer?.close()
    await server.stop()
    await rm(directory, { recursive: true })
  }
  console.log(`| loading 1,000,000 edits by 20,000 client ids | ${told(loads)} |`)
  console.log(`| 2,500 keystrokes in it, a fold and what follows | ${told(folds)} |`)
}

async function measureRounds(): Promise<void> {
  const server = startServer(allowed)
  const child = resolve(import.meta.dir, 'crowd-child.ts')
  const halves = [1, 2].map(() => {
    const words = [server.url, `${Math.ceil(connections / 2)}`, '500']
    return Bun.spawn([process.execPath, child, ...words], { stdout: 'pipe', stderr: 'inherit' })
  })
  for (const half of halves) await half.stdout.getReader().read()
  await Bun.sleep(2_000)
  const rounds = await longest(10, () => Bun.sleep(1_000))
  console.log(`| a round over ${connections} connections | ${told(rounds)} |`)
  for (const half of halves) half.kill('SIGKILL')
}

/** Somebody who has the document opened, and comes back when it is. */
async function open(server: TestServer): Promise<WebSocket> {
  const socket = new WebSocket(`${server.url}/ws/large`)
  await new Promise((done) => (socket.onopen = done))
  await until(() => server.ytopic.metrics.roomsOpened > 0)
  return socket
}

async function until(isSo: () => boolean): Promise<void> {
  for (let waited = 0; waited < 60_000; waited += 20) {
    if (isSo()) return
    await Bun.sleep(20)
  }
  throw new Error('It did not come to that.')
}

/** The most that was worked between two ticks of a timer while something goes on, each time. */
async function longest(times: number, during: () => Promise<unknown>): Promise<number[]> {
  const turns: number[] = []
  for (let time = 0; time < times; time++) {
    let most = 0
    let last = worked()
    const probe = setInterval(() => {
      const now = worked()
      most = Math.max(most, now - last)
      last = now
    }, 1)
    await during()
    // What it has begun comes to its end.
    await Bun.sleep(200)
    clearInterval(probe)
    turns.push(most)
  }
  return turns
}

function told(turns: readonly number[]): string {
  return turns.map((turn) => turn.toFixed(1)).join(', ')
}
