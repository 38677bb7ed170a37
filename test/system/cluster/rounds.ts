import * as Y from 'yjs'
import { connectHocuspocus, type HocuspocusClient } from '../../support/harness/hocuspocus.ts'
import { startPostgres, type TestPostgres } from '../../support/harness/postgres.ts'
import { freshDirectory, type ServerProcess, startProcess } from '../../support/harness/process.ts'
import { type Client, connect } from '../../support/harness/provider.ts'
import { startRedis, type TestRedis } from '../../support/harness/redis.ts'
import { until } from '../../support/harness/wait.ts'

/** What is done to the cluster while people type. */
const faultKinds = [
  'kill a server',
  'kill Redis',
  'kill a server and Redis',
  'restart PostgreSQL',
  'cut the bus again and again',
  'freeze Redis',
  'move everybody',
] as const

/** What a run came to. */
export interface Outcome {
  readonly rounds: number
  readonly written: number
  readonly receipts: number
  readonly lost: number
  readonly doubled: number
  /** Sentences about rounds in which something went wrong. */
  readonly faults: readonly string[]
}

/** Who writes items and knows which of them were called saved. */
interface Writer {
  readonly name: string
  client: HocuspocusClient
  server: 0 | 1
  written: number
  saved: number
  /** How many it had written when it was last brought up to date: those went up all together. */
  syncedAt: number
}

const roundMs = 2_500
const settleMs = 40_000

/** Two servers, a database and a bus, all processes of their own. */
class Stage {
  readonly postgres: TestPostgres
  readonly redis: TestRedis
  readonly #data: string
  readonly #servers: ServerProcess[] = []

  constructor(postgres: TestPostgres, redis: TestRedis, data: string) {
    this.postgres = postgres
    this.redis = redis
    this.#data = data
  }

  at(index: 0 | 1): ServerProcess {
    const server = this.#servers[index]
    if (server === undefined) throw new Error('The server was not started.')
    return server
  }

  async start(index: 0 | 1): Promise<void> {
    const port = this.#servers[index]?.port ?? 0
    const flags = ['--store', this.postgres.url, '--bus', this.redis.url]
    const limits = ['--store-silence-ms-max', '2s', '--store-retry-ms-max', '500ms']
    this.#servers[index] = await startProcess(this.#data, port, [...flags, ...limits])
  }

  async kill(index: 0 | 1): Promise<void> {
    await this.at(index).end('SIGKILL')
  }

  async end(): Promise<void> {
    await Promise.all(this.#servers.map((server) => server.end('SIGKILL')))
    await Promise.all([this.postgres.stop(), this.redis.stop()])
  }
}

/**
 * Rounds of typing on two servers while something is done to them; then both are killed, and what
 * the database holds is compared with what was called saved.
 */
export async function runClusterRounds(
  rounds: number,
  say: (line: string) => void = () => undefined,
): Promise<Outcome> {
  const directory = await freshDirectory()
  const stage = new Stage(await startPostgres(), await startRedis(), directory.path)
  const total = { rounds: 0, written: 0, receipts: 0, lost: 0, doubled: 0 }
  const faults: string[] = []
  try {
    await Promise.all([stage.start(0), stage.start(1)])
    for (let round = 0; round < rounds; round++) {
      const kind = faultKinds[round % faultKinds.length] ?? 'kill a server'
      const one = await runRound(stage, `round-${round}`, kind, round)
      total.rounds++
      total.written += one.written
      total.receipts += one.receipts
      total.lost += one.lost
      total.doubled += one.doubled
      faults.push(...one.faults.map((fault) => `round ${round} (${kind}): ${fault}`))
      say(`round ${round} (${kind}): ${one.receipts} of ${one.written} called saved`)
    }
  } finally {
    await stage.end()
    await directory.remove()
  }
  return { ...total, faults }
}

async function runRound(
  stage: Stage,
  document: string,
  kind: (typeof faultKinds)[number],
  round: number,
): Promise<Omit<Outcome, 'rounds'>> {
  const faults: string[] = []
  const client = (server: 0 | 1, from = new Y.Doc()): HocuspocusClient =>
    connectHocuspocus(4, `${stage.at(server).url}/hocuspocus`, document, { document: from })
  const writers: Writer[] = ([0, 1, 0, 1] as const).map((server, index) => ({
    name: `w${index}`,
    client: client(server),
    server,
    written: 0,
    saved: 0,
    syncedAt: 0,
  }))
  const listen = (writer: Writer): void => {
    writer.client.provider.on('synced', () => {
      writer.syncedAt = writer.written
    })
  }
  writers.forEach(listen)
  const watchers: readonly Client[] = ([0, 1] as const).map((server) =>
    connect(`${stage.at(server).url}/ws`, document),
  )
  await until('all open', () => writers.every((writer) => writer.client.provider.synced), settleMs)
  const move = (writer: Writer): void => {
    const from = writer.client
    const other = writer.server === 0 ? 1 : 0
    writer.server = other
    from.provider.destroy()
    from.socket.destroy()
    writer.client = client(other, from.document)
    listen(writer)
  }
  const note = (writer: Writer): void => {
    const { provider } = writer.client
    // The client does not count what goes up with its step 2; a later receipt stands for it too.
    if (!provider.synced || provider.hasUnsyncedChanges) return
    if (writer.written > writer.syncedAt) writer.saved = writer.written
  }
  const done = act(stage, kind, round, () => writers.forEach(move))
  const endAt = performance.now() + roundMs
  for (let turn = 0; performance.now() < endAt; turn++) {
    const writer = writers[turn % writers.length]
    if (writer !== undefined) {
      note(writer)
      write(writer)
    }
    await Bun.sleep(5)
    writers.forEach(note)
  }
  await done
  // In every third round nobody waits: whoever has something unsaved takes it along.
  if (round % 3 !== 2) await settle(writers, watchers, note, faults)
  // Whoever still has something must not bring it back.
  for (const writer of writers) {
    note(writer)
    writer.client.end()
  }
  for (const one of watchers) one.end()
  await Promise.all([stage.kill(0), stage.kill(1)])
  await Promise.all([stage.start(0), stage.start(1)])
  const counts = await countStored(stage, document)
  let lost = 0
  for (const { name, saved } of writers) {
    for (let index = 0; index < saved; index++) {
      if (!counts.has(`${name}:${index}`)) lost++
    }
  }
  const doubled = [...counts.values()].filter((count) => count > 1).length
  if (lost > 0) faults.push(`${lost} that were called saved are lost.`)
  if (doubled > 0) faults.push(`${doubled} are there more than once.`)
  const sum = (of: (writer: Writer) => number): number =>
    writers.reduce((all, writer) => all + of(writer), 0)
  const [written, receipts] = [sum((writer) => writer.written), sum((writer) => writer.saved)]
  return { written, receipts, lost, doubled, faults }
}

/** Waits until all have the same, and all of it is called saved. */
async function settle(
  writers: readonly Writer[],
  watchers: readonly Client[],
  note: (writer: Writer) => void,
  faults: string[],
): Promise<void> {
  const documents = [...writers.map(({ client }) => client), ...watchers].map((one) => one.document)
  const isSettled = (): boolean => {
    for (const writer of writers) {
      note(writer)
      if (writer.client.provider.synced && writer.written === writer.syncedAt) write(writer)
    }
    const [first, ...others] = documents.map((one) => items(one).toArray().join(' '))
    const isSaved = writers.every(({ saved, written }) => saved === written)
    return isSaved && others.every((other) => other === first)
  }
  await until('all equal and saved', isSettled, settleMs).catch((error: unknown) =>
    faults.push(String(error)),
  )
}

/** How often each item is there, by a client that has nothing of its own. */
async function countStored(stage: Stage, document: string): Promise<ReadonlyMap<string, number>> {
  const reader = connect(`${stage.at(0).url}/ws`, document)
  await until('loaded', () => reader.provider.synced, settleMs)
  const counts = new Map<string, number>()
  for (const item of items(reader.document)) counts.set(item, (counts.get(item) ?? 0) + 1)
  reader.end()
  return counts
}

function write(writer: Writer): void {
  const item = `${writer.name}:${writer.written}`
  writer.written++
  items(writer.client.document).push([item])
}

function items(document: Y.Doc): Y.Array<string> {
  return document.getArray('items')
}

async function act(
  stage: Stage,
  kind: (typeof faultKinds)[number],
  round: number,
  move: () => void,
): Promise<void> {
  const { postgres, redis } = stage
  const victim = round % 2 === 0 ? 0 : 1
  await Bun.sleep(400)
  switch (kind) {
    case 'kill a server':
      await stage.kill(victim)
      await Bun.sleep(300)
      return stage.start(victim)
    case 'kill Redis':
      await redis.kill()
      await Bun.sleep(1_000)
      return redis.start()
    case 'kill a server and Redis':
      await Promise.all([stage.kill(victim), redis.kill()])
      await redis.start()
      return stage.start(victim)
    case 'restart PostgreSQL':
      return postgres.restart()
    case 'cut the bus again and again':
      for (let cut = 0; cut < 8; cut++) {
        await redis.command('CLIENT', 'KILL', 'TYPE', 'pubsub')
        await Bun.sleep(150)
      }
      return
    case 'freeze Redis':
      redis.pause()
      await Bun.sleep(1_500)
      return redis.resume()
    case 'move everybody':
      move()
      await Bun.sleep(600)
      return move()
  }
}
