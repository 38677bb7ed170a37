import { parseArgs } from 'node:util'
import { moveToOwnCore, serve } from './durability/served.ts'
import { Typist } from './durability/typist.ts'
import { loadAverage } from './processes.ts'
import { quantile } from './report/quantile.ts'

// How long a client waits for "saved" after an edit, at given rates:
//   npx bun bench/receipts.ts [--rates 1,100,5000] [--seconds 20] [--syncs] [-- server flags]
// Edits are due at fixed times, whatever the server does, and a wait begins when its edit was due:
// a server that stands still is not spared the edits that would have been made meanwhile.
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    rates: { type: 'string', default: '1,100,5000' },
    seconds: { type: 'string', default: '20' },
    syncs: { type: 'boolean', default: false },
  },
})

const warmUpMs = 3_000
/** No person types faster; more edits are more people. */
const editsPerSecondOfOne = 50
const typistsPerDocument = 5

console.log(`load of the machine before: ${loadAverage()}`)
moveToOwnCore()
for (const rate of values.rates.split(',').map(Number)) await measure(rate, Number(values.seconds))

async function measure(rate: number, seconds: number): Promise<void> {
  const server = await serve(values.syncs, positionals)
  const waits: number[] = []
  const begin = performance.now() + warmUpMs
  const end = begin + seconds * 1_000
  const note = (dueAt: number): void => {
    if (dueAt >= begin) waits.push(performance.now() - dueAt)
  }
  const typists = await gather(server.url, Math.ceil(rate / editsPerSecondOfOne), note)
  let before = await server.work()
  let warm = false
  let made = 0
  for (let next = performance.now(); next < end;) {
    const now = performance.now()
    // Warmed up at a rate at which a second is enough, then let go on at the one to be measured.
    const step = 1_000 / (next < begin ? Math.max(rate, 500) : rate)
    if (!warm && now >= begin) {
      warm = true
      before = await server.work()
    }
    if (next <= now) {
      typists[made++ % typists.length]?.type(next)
      next = next < begin && next + step >= begin ? begin : next + step
    } else await new Promise((resolve) => setImmediate(resolve))
  }
  while (typists.some(({ saved, typed }) => saved < typed)) await Bun.sleep(1)
  const after = await server.work()
  for (const typist of typists) typist.close()
  const syncs = await server.end()
  const at = (share: number): string => quantile(waits, share).toFixed(2)
  const commits = after.commits - before.commits
  const cpu = ((after.cpuSeconds - before.cpuSeconds) / seconds) * 100
  console.log(
    `${rate} edits/s, ${typists.length} writers, ${waits.length} receipts in ${seconds} s: ` +
      `median ${at(0.5)} ms, p99 ${at(0.99)} ms, longest ${at(1)} ms; ${commits} commits, ` +
      `${(waits.length / commits).toFixed(1)} edits each; server ${cpu.toFixed(1)} % of a core` +
      (syncs === undefined ? '' : `; ${syncs} syncs for ${after.commits} commits in all`),
  )
}

function gather(
  url: string,
  count: number,
  note: (dueAt: number) => void,
): Promise<readonly Typist[]> {
  return Promise.all(
    Array.from({ length: count }, (_, at) => {
      const document = Math.floor(at / typistsPerDocument)
      return Typist.connect(`${url}/ws/document-${document}`, at + 1, note)
    }),
  )
}
