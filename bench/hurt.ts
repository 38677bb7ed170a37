import { BenchClient } from './clients/client.ts'
import { documentName, largeDocument, preload } from './clients/documents.ts'
import { PreparedEdits, textName, writerId } from './clients/edits.ts'
import { RawSocket } from './clients/raw-socket.ts'
import { ServerProcess, type Subject, subjects } from './servers.ts'
import { emptyVector, hocuspocusWire } from './clients/wires.ts'

// What somebody costs the others of a document: `bun bench/hurt.ts addresses|questions`.
const mib = 1024 * 1024
const name = documentName(0)
const subject = subjects.find((each) => each.name === 'ytopic')
if (subject === undefined) throw new Error('there is no ytopic')
const server = await ServerProcess.start(subject)
try {
  if (process.argv[2] === 'addresses') await addresses(subject)
  else if (process.argv[2] === 'questions') await questions(subject)
  else throw new Error('what to measure is `addresses` or `questions`')
} finally {
  await server.stop()
}
process.exit(0)

/** A reader opens one document by thousands of addresses; a keystroke of somebody else's. */
async function addresses({ wire }: Subject): Promise<void> {
  const count = 200
  const edits = new PreparedEdits(wire, name, writerId(0), 2 * count)
  const seen = { clock: 0 }
  const advanced = (_writer: number, _from: number, to: number): void => void (seen.clock = to)
  await BenchClient.open(server.port, wire, name, { writers: 1, advanced })
  const writer = await BenchClient.open(server.port, wire, name)
  const type = async (from: number): Promise<number> => {
    const before = await server.quiet()
    for (let clock = from; clock < from + count; clock++) {
      writer.socket.write(edits.frames(clock, clock + 1))
      while (seen.clock <= clock) await Bun.sleep(1)
    }
    return ((await server.quiet()) - before) / count
  }
  const alone = await type(0)
  for (let socket = 0; socket < 9; socket++) {
    const reader = await stranger()
    for (let address = 0; address < 1_000; address++) {
      const [, question] = hocuspocusWire.hello(`${name}\0${socket}-${address}`, emptyVector)
      if (question !== undefined) reader.send(question)
    }
  }
  await server.quiet()
  const crowded = await type(count)
  console.log(`CPU ms a keystroke: alone ${alone.toFixed(2)}, beside 9,000 ${crowded.toFixed(2)}`)
}

/** Somebody asks for all but one letter of a 20 MB document, on one address after the other. */
async function questions(each: Subject): Promise<void> {
  await preload(each, server, name, largeDocument(20_000_000))
  const firstClient = vectorOf(await firstClientOf(each))
  const before = await server.quiet()
  const rss = server.rss()
  let most = rss
  const watch = setInterval(() => (most = Math.max(most, server.rss())), 20)
  const asker = await stranger()
  let bytes = 0
  for (let address = 0; address < 80; address++) {
    const [, question] = hocuspocusWire.hello(`${name}\0${address}`, firstClient)
    if (question === undefined) continue
    bytes += question.length
    asker.send(question)
  }
  const started = performance.now()
  while (performance.now() - started < 20_000) await Bun.sleep(50)
  const cpuMs = server.cpuMs() - before
  clearInterval(watch)
  const growth = ((most - rss) / mib).toFixed(0)
  console.log(`${bytes} bytes asked; in 20 s: CPU ms ${cpuMs.toFixed(0)}, growth MB ${growth}`)
}

async function stranger(): Promise<RawSocket> {
  const nothing = (): void => undefined
  const ears = { message: nothing, large: nothing, closed: nothing }
  return RawSocket.connect(server.port, hocuspocusWire.path(name), ears)
}

/** The client id of whoever wrote the document. */
async function firstClientOf({ wire }: Subject): Promise<number> {
  const client = await BenchClient.open(server.port, wire, name, { collect: true })
  const document = client.document()
  client.end()
  if (document.getText(textName).length === 0) throw new Error('the document is empty')
  const [first] = document.store.clients.keys()
  return first ?? 0
}

/** The state vector of one who has one letter of that client's. */
function vectorOf(client: number): Uint8Array {
  const bytes = [1]
  for (let rest = client; ; rest = Math.floor(rest / 128)) {
    bytes.push(rest < 128 ? rest : (rest % 128) | 128)
    if (rest < 128) return Uint8Array.of(...bytes, 1)
  }
}
