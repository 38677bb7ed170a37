import { parseArgs } from 'node:util'
import { createDecoder, readVarUint8Array } from 'lib0/decoding'
import * as Y from 'yjs'
import { moveToOwnCore, serve } from './durability/served.ts'
import { loadAverage } from './processes.ts'
import { quantile } from './report/quantile.ts'

// How long an edit takes to another client of its document while other documents are restored,
// converted and compared as fast as the server does it, and while nothing of that happens:
//   bun bench/beside.ts [--pairs 24] [--seconds 3]
// Short slices of the two alternate, in pairs of which each begins with the other one: what else
// the machine does falls on both alike. The figure is the middle one of the pairs' ratios.
const { values } = parseArgs({
  options: {
    pairs: { type: 'string', default: '24' },
    seconds: { type: 'string', default: '3' },
  },
})

/** An edit each; a person who types makes about five a second. */
const everyMs = 10
const warmUpMs = 3_000
/** Between slices, for what the one before has left behind. */
const restMs = 300

type Kind = 'idle' | 'busy'

console.log(`load of the machine before: ${loadAverage()}`)
moveToOwnCore()
const server = await serve(false, [])
let asked = 0
const api = `${server.url.replace('ws', 'http')}/api/v1/documents`
const { from, to } = await pair()
await fill()

const secondsEach = Number(values.seconds)
const warmUp = keepBusy()
await Bun.sleep(warmUpMs)
await warmUp()
const slices: Record<Kind, (readonly number[])[]> = { idle: [], busy: [] }
for (let round = 0; round < Number(values.pairs); round++) {
  const order: readonly Kind[] = round % 2 === 0 ? ['idle', 'busy'] : ['busy', 'idle']
  for (const kind of order) slices[kind].push(await slice(kind))
}
console.log('| | edits | p50 ms | p99 ms | longest ms |\n|---|---|---|---|---|')
for (const kind of ['idle', 'busy'] as const) {
  const all = slices[kind].flat()
  const cells = [0.5, 0.99, 1].map((part) => quantile(all, part).toFixed(2))
  console.log(`| ${kind} | ${all.length} | ${cells.join(' | ')} |`)
}
for (const part of [0.5, 0.99]) {
  const ratios = slices.busy.map(
    (busy, place) => quantile(busy, part) / quantile(slices.idle[place] ?? [], part),
  )
  const [low, middle, high] = [0.25, 0.5, 0.75].map((at) => quantile(ratios, at).toFixed(2))
  console.log(`busy to idle, p${part * 100}: ${middle} (a quarter below ${low}, one above ${high})`)
}
console.log(`${asked} restores, conversions and diffs were answered`)
from.close()
to.close()
await server.end()

/** The waits of one slice, in milliseconds. */
async function slice(kind: Kind): Promise<readonly number[]> {
  const stop = kind === 'busy' ? keepBusy() : async (): Promise<void> => undefined
  await Bun.sleep(restMs)
  const waits = await measured(secondsEach)
  await stop()
  return waits
}

/** Two clients in one document. */
async function pair(): Promise<{ readonly from: WebSocket; readonly to: WebSocket }> {
  const [one, other] = await Promise.all([open(), open()])
  return { from: one, to: other }
}

async function open(): Promise<WebSocket> {
  const socket = new WebSocket(`${server.url}/ws/typed`)
  socket.binaryType = 'arraybuffer'
  await new Promise<void>((resolve) => {
    socket.addEventListener('open', () => socket.send(Uint8Array.of(0, 0, 1, 0)))
    socket.addEventListener('message', () => resolve(), { once: true })
  })
  return socket
}

/** Edits at fixed times; each wait begins when its edit was due. */
async function measured(seconds: number): Promise<readonly number[]> {
  const document = new Y.Doc()
  const updates: Uint8Array[] = []
  document.on('update', (update: Uint8Array) => updates.push(update))
  const due: number[] = []
  const found: number[] = []
  let made = 0
  // Edits that wait together arrive as one: what has arrived is told by how far it goes.
  const hear = ({ data }: MessageEvent<ArrayBuffer>): void => {
    const bytes = new Uint8Array(data)
    if (bytes[0] !== 0 || bytes[1] !== 2) return
    const decoder = createDecoder(bytes.subarray(2))
    const { structs } = Y.decodeUpdate(readVarUint8Array(decoder))
    for (const { id, length } of structs) {
      while (id.client === document.clientID && found.length < id.clock + length) {
        found.push(performance.now() - (due[found.length] ?? 0))
      }
    }
  }
  to.addEventListener('message', hear)
  const begin = performance.now()
  for (let next = begin; next < begin + seconds * 1_000; next += everyMs) {
    while (performance.now() < next) await Bun.sleep(Math.max(0, next - performance.now()))
    document.getText('t').insert(document.getText('t').length, 'x')
    const update = updates.pop() ?? new Uint8Array()
    due.push(next)
    made++
    from.send(Uint8Array.of(0, 2, update.length, ...update))
  }
  while (found.length < made) await Bun.sleep(5)
  to.removeEventListener('message', hear)
  return found
}

/** Documents to work on: 30 KB of Markdown each, with a version of before and one of after. */
async function fill(): Promise<void> {
  for (const name of ['one', 'two', 'three']) {
    for (const word of ['first', 'second']) {
      const paragraphs = Array.from(
        { length: 150 },
        (_, at) => `## Part ${at}\n\nIn the ${word} state it **says** ${'so much '.repeat(20)}.\n`,
      )
      await ask('PUT', `${name}/content?format=markdown`, paragraphs.join('\n'), 'text/markdown')
      await ask('POST', `${name}/versions`, JSON.stringify({ name: word }), 'application/json')
    }
  }
}

/** Three clients that ask for one thing after the other. @returns ends them */
function keepBusy(): () => Promise<void> {
  const stopping = new AbortController()
  const work = async (name: string): Promise<void> => {
    const listed = await ask('GET', `${name}/versions?named=true`)
    const { versions } = (await listed.json()) as { versions: readonly { id: string }[] }
    const [after, before] = versions
    for (let turn = 0; !stopping.signal.aborted; turn++) {
      const id = (turn % 2 === 0 ? before : after)?.id ?? ''
      await ask('POST', `${name}/versions/${id}/restore`)
      await ask('GET', `${name}/content?format=${turn % 2 === 0 ? 'markdown' : 'html'}`)
      await ask('GET', `${name}/versions/${id}/diff/now`)
      await ask('GET', `${name}/content?format=json`)
    }
  }
  const working = Promise.all(['one', 'two', 'three'].map(work))
  return async () => {
    stopping.abort()
    await working
  }
}

async function ask(method: string, path: string, body?: string, type = ''): Promise<Response> {
  const sent = body === undefined ? {} : { body, headers: { 'content-type': type } }
  const answer = await fetch(`${api}/${path}`, { method, ...sent })
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`)
  asked++
  // Read whole, as a client would; what is asked for next may need it.
  return new Response(await answer.arrayBuffer(), answer)
}
