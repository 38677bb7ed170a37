import { parseArgs } from 'node:util'
import { moveToOwnCore, serve } from './durability/served.ts'
import { Typist } from './durability/typist.ts'
import { loadAverage } from './processes.ts'

// How many edits a server on one core makes durable in a second:
//   npx bun bench/durable.ts [--seconds 10] [--writers 16] [--window 5000] [--syncs] [-- flags]
// Each writer has a document of its own and always as many edits on their way as the window says.
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    seconds: { type: 'string', default: '10' },
    writers: { type: 'string', default: '16' },
    window: { type: 'string', default: '5000' },
    syncs: { type: 'boolean', default: false },
  },
})

const warmUpMs = 3_000
const seconds = Number(values.seconds)
const window = Number(values.window)

console.log(`load of the machine before: ${loadAverage()}`)
moveToOwnCore()
const server = await serve(values.syncs, positionals)
const typists = await Promise.all(
  Array.from({ length: Number(values.writers) }, (_, at) =>
    Typist.connect(`${server.url}/ws/document-${at}`, at + 1, () => undefined),
  ),
)
await keepBusy(warmUpMs)
const before = { ...(await server.work()), saved: savedByAll() }
const started = performance.now()
await keepBusy(seconds * 1_000)
const after = { ...(await server.work()), saved: savedByAll() }
const took = (performance.now() - started) / 1_000
while (typists.some(({ saved, typed }) => saved < typed)) await Bun.sleep(1)
const total = savedByAll()
for (const typist of typists) typist.close()
const syncs = await server.end()

const saved = after.saved - before.saved
const commits = after.commits - before.commits
const cpuSeconds = after.cpuSeconds - before.cpuSeconds
const parts = [
  `${Math.round(saved / took)} edits/s durable`,
  `${typists.length} writers with ${window} edits on their way each, ${took.toFixed(1)} s`,
  `${commits} commits of ${Math.round(saved / commits)} edits`,
  `server ${((cpuSeconds / took) * 100).toFixed(0)} % of a core`,
  `${Math.round(saved / cpuSeconds)} edits per second of its CPU time`,
  ...(syncs === undefined ? [] : [`${syncs} syncs for ${total} edits in all`]),
]
console.log(parts.join('; '))

async function keepBusy(ms: number): Promise<void> {
  const end = performance.now() + ms
  while (performance.now() < end) {
    for (const typist of typists) {
      while (typist.typed - typist.saved < window) typist.type(0)
    }
    await new Promise((resolve) => setImmediate(resolve))
  }
}

function savedByAll(): number {
  return typists.reduce((sum, typist) => sum + typist.saved, 0)
}
