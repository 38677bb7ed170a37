import {
  createEncoder,
  toUint8Array,
  writeUint8,
  writeVarString,
  writeVarUint,
} from 'lib0/encoding'
import { StuckClient } from '../test/support/harness/stuck-client.ts'
import { BenchClient } from './clients/client.ts'
import { documentName } from './clients/documents.ts'
import { textName } from './clients/edits.ts'
import { ServerProcess, subjects } from './servers.ts'
import { emptyVector, hocuspocusWire, yWire } from './clients/wires.ts'

// What 200 MB written into one document cost in memory: `bun bench/memory.ts y|hocuspocus
// [--stuck] [--fast] [--fold]`. With `--stuck` one more client has the document open and reads
// nothing; without `--fast` 20 MB come a second; without `--fold` nothing is folded meanwhile, as
// that takes memory of its own (docs/decisions/folding-in-time.md).
const words = process.argv.slice(2)
const wire = words.includes('hocuspocus') ? hocuspocusWire : yWire('/ws/')
const [size, count, bytesPerMs, aheadBytes] = [20_000, 10_000, 20_000, 4e6]
const client = 1_000_000_001
const text = 'x'.repeat(size)
const name = documentName(0)
const subject = subjects.find((each) => each.name === 'ytopic')
if (subject === undefined) throw new Error('there is no ytopic')
const never = ['--tail-updates-max=1000000', '--tail-bytes-max=1073741824']
const flags = words.includes('--fold') ? [] : never
const command = (directory: string): readonly string[] => [...subject.command(directory), ...flags]
const server = await ServerProcess.start({ ...subject, command })
try {
  const reader = await BenchClient.open(server.port, wire, name)
  const writer = await BenchClient.open(server.port, wire, name)
  if (words.includes('--stuck')) {
    const stuck = await StuckClient.connect(server.port, wire.path(name))
    for (const message of wire.hello(name, emptyVector)) stuck.say(message)
    await server.quiet()
    stuck.stopReading()
  }
  const before = await settledBytes()
  let most = before
  const watch = setInterval(() => (most = Math.max(most, server.rss())), 10)
  const started = performance.now()
  for (let index = 0; index < count; index++) {
    writer.socket.send(wire.update(name, append(index)))
    const due = words.includes('--fast') ? 0 : (index * size) / bytesPerMs
    const wait = due - (performance.now() - started)
    if (wait > 1) await Bun.sleep(wait)
    while (index * size - reader.socket.bytesReceived > aheadBytes) await Bun.sleep(1)
  }
  const after = await settledBytes()
  clearInterval(watch)
  if (writer.closed) throw new Error('the writer was sent away')
  const beyond = (bytes: number): string => ((bytes - before - size * count) / 1e6).toFixed(0)
  console.log(
    `${words.join(' ')}: MB above the content: at most ${beyond(most)}, after it ${beyond(after)}`,
  )
} finally {
  await server.stop()
}
process.exit(0)

async function settledBytes(): Promise<number> {
  await server.quiet()
  await Bun.sleep(6_000)
  return server.rss()
}

/** The next piece of the text. */
function append(index: number): Uint8Array {
  const encoder = createEncoder()
  for (const part of [1, 1, client, index * size]) writeVarUint(encoder, part)
  writeUint8(encoder, index === 0 ? 4 : 132)
  if (index === 0) {
    writeVarUint(encoder, 1)
    writeVarString(encoder, textName)
  } else {
    writeVarUint(encoder, client)
    writeVarUint(encoder, index * size - 1)
  }
  writeVarString(encoder, text)
  writeVarUint(encoder, 0)
  return toUint8Array(encoder)
}
