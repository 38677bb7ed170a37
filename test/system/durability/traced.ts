import { join } from 'node:path'
import * as Y from 'yjs'
import { sqliteFileName } from '../../../persistence/sqlite/store.ts'
import { ensureStrace } from '../../../scripts/programs/strace.mjs'
import { RawHocuspocus } from '../../support/harness/hocuspocus-raw.ts'
import { freshDirectory, serverCommand, startProcess } from '../../support/harness/process.ts'
import { RawClient } from '../../support/harness/raw-client.ts'
import { until } from '../../support/harness/wait.ts'
import {
  type Author,
  checkOrder,
  hocuspocusReceipt,
  type Order,
  yWebsocketReceipt,
} from './receipt-order.ts'
import { type Call, readTrace, straceCommand } from './trace.ts'

/** A server's life under strace. */
export interface Traced {
  readonly calls: readonly Call[]
  readonly database: string
  readonly authors: readonly Author[]
  readonly order: Order
}

const loneEdits = 20

/**
 * Traces a server while clients of both protocols edit, one edit at a time and in a hurry.
 * @param hurriedEdits of each client; 300 fill the log to where it is begun anew
 */
export async function trace(durability: 'full' | 'relaxed', hurriedEdits: number): Promise<Traced> {
  ensureStrace()
  const directory = await freshDirectory()
  const output = join(directory.path, 'trace')
  const data = join(directory.path, 'data')
  const command = [...straceCommand(output), ...serverCommand]
  const server = await startProcess(data, 0, ['--durability', durability], command)
  try {
    const hands = [
      await handOverYWebsocket(server.url, 'a'),
      await handOverYWebsocket(server.url, 'b'),
      await handOverHocuspocus(server.url, 'c'),
    ]
    await Promise.all(hands.map((hand) => write(hand, hurriedEdits)))
    // strace keeps signals for itself; the server's own pid is in its lock.
    const { pid }: { pid: number } = await Bun.file(join(data, 'lock.json')).json()
    process.kill(pid, 'SIGTERM')
    await server.gone
    const calls = readTrace(await Bun.file(output).text())
    const authors = hands.map(({ author }) => author)
    const database = join(data, sqliteFileName)
    return { calls, database, authors, order: checkOrder(calls, database, authors) }
  } finally {
    await server.end('SIGKILL')
    await directory.remove()
  }
}

/** A client that can write, and what the trace is to be held against. */
interface Hand {
  readonly letter: string
  readonly author: Author & { readonly tokens: string[] }
  readonly say: (update: Uint8Array) => void
  readonly confirmed: () => number
}

async function write(
  { author, letter, say, confirmed }: Hand,
  hurriedEdits: number,
): Promise<void> {
  const document = new Y.Doc()
  document.on('update', say)
  const edit = (): void => {
    const token = `<${letter}-${author.tokens.length + 1}>`
    author.tokens.push(token)
    // Long, so that the log is begun anew; thrice, as a page may end within a token.
    document.getArray('t').push([`${token}${'.'.repeat(4_500)}${token}${'.'.repeat(500)}${token}`])
  }
  const allSaved = () => confirmed() === author.tokens.length
  const oneByOne = async (): Promise<void> => {
    for (let count = 0; count < loneEdits; count++) {
      edit()
      await until('the lone edit is saved', allSaved)
    }
  }
  await oneByOne()
  for (let count = 0; count < hurriedEdits; count++) {
    edit()
    if (count % 3 === 0) await Bun.sleep(1)
  }
  await until('all edits are saved', allSaved)
  await oneByOne()
}

async function handOverYWebsocket(url: string, letter: string): Promise<Hand> {
  const target = `/ws/${letter}?saved=1`
  const client = await (await RawClient.connect(`${url}${target}`)).open()
  return {
    letter,
    author: { target, tokens: [], confirmed: yWebsocketReceipt },
    say: (update) => client.say({ kind: 'update', update }),
    confirmed: () => client.savedCount,
  }
}

async function handOverHocuspocus(url: string, letter: string): Promise<Hand> {
  const target = '/hocuspocus'
  const client = await (await RawHocuspocus.connect(`${url}${target}`)).open(letter)
  return {
    letter,
    author: { target, tokens: [], confirmed: hocuspocusReceipt },
    say: (update) => client.say(letter, { kind: 'update', update }),
    confirmed: () => client.statuses(letter).saved,
  }
}
