import { BenchClient } from './clients/client.ts'
import { documentName } from './clients/documents.ts'
import { PreparedEdits, writerId } from './clients/edits.ts'
import { Histogram } from './report/histogram.ts'
import { subjects } from './servers.ts'

// A process of its own beside the generator: how long an edit takes from one client to another,
// of a document that nobody else has open. `bun probe.ts SERVER PORT SECONDS`; prints one line.
const [server, port, seconds] = process.argv.slice(2)
const subject = subjects.find(({ name }) => name === server)
if (subject === undefined) throw new Error(`there is no ${server}`)
const everyMs = 20
const count = Math.floor((Number(seconds) * 1_000) / everyMs)
const name = documentName(99_999)
const edits = new PreparedEdits(subject.wire, name, writerId(0), count)
const latency = new Histogram()
const due = new Float64Array(count)
const seen = { clock: 0 }
const advanced = (_writer: number, from: number, to: number): void => {
  const now = performance.now()
  for (let clock = from; clock < to; clock++) latency.add(now - (due[clock] ?? now))
  seen.clock = to
}
await BenchClient.open(Number(port), subject.wire, name, { writers: 1, advanced })
const writer = await BenchClient.open(Number(port), subject.wire, name)
const origin = performance.now()
for (let clock = 0; clock < count; clock++) {
  due[clock] = origin + clock * everyMs
  await Bun.sleep(Math.max(0, (due[clock] ?? 0) - performance.now()))
  writer.socket.write(edits.frames(clock, clock + 1))
}
for (let tries = 0; tries < 200 && seen.clock !== count; tries++) await Bun.sleep(50)
// What has not come by now counts as it is.
const arrived = seen.clock
for (let clock = arrived; clock < count; clock++) latency.add(performance.now() - (due[clock] ?? 0))
console.log(JSON.stringify({ p50: latency.quantile(0.5), p99: latency.quantile(0.99), arrived }))
process.exit(0)
