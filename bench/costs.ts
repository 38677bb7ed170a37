import { steps } from '../src/base/steps.ts'
import { openRoom } from '../test/support/fakes/room.ts'
import { asking } from './shapes/asking.ts'
import type { Shape } from './shapes/shape.ts'
import { typing, writing } from './shapes/writing.ts'

// `npm run costs -- [PART-OF-A-NAME]`: what the shapes of messages cost a room, in ms of processor
// per KB of what is sent, beside plain typing. The room is real; clients, time and store are not.
const wanted = process.argv[2] ?? ''
const rounds = 30

interface Cost {
  readonly msPerKb: number
  readonly stepsPerKb: number
  readonly msPerMessage: number
}

// Once for the compiler.
await costOf(typing)
const plain = await costOf(typing)
console.log('| shape | ms per KB | × typing | ms per message | steps per KB | charged |')
console.log('|---|---|---|---|---|---|')
tell(typing, plain)
for (const shape of [...writing, ...asking]) {
  if (shape.name.includes(wanted)) tell(shape, await costOf(shape))
}
process.exit(0)

function tell({ name, charged }: Shape, cost: Cost): void {
  const cells = [
    name,
    cost.msPerKb.toPrecision(2),
    (cost.msPerKb / plain.msPerKb).toFixed(1),
    cost.msPerMessage.toPrecision(2),
    Math.round(cost.stepsPerKb),
    charged ?? '',
  ]
  console.log(`| ${cells.join(' | ')} |`)
}

/** Of the middle of the rounds. */
async function costOf(shape: Shape): Promise<Cost> {
  const room = openRoom()
  const round = shape.prepare(room, 1)
  const measured: Cost[] = []
  const began = performance.now()
  for (let index = 0; index < rounds && performance.now() - began < 20_000; index++) {
    const sent = round(index)
    if (sent.length === 0) break
    // Allowances come back, and the journal has nothing to write.
    await room.clock.advance(60_000)
    Bun.gc(true)
    const bytes = sent.reduce((sum, [, message]) => sum + message.length, 0)
    steps.taken = 0
    const before = process.cpuUsage()
    for (const [from, message] of sent) {
      from.take(message)
      room.clock.turn()
    }
    const { user, system } = process.cpuUsage(before)
    const ms = (user + system) / 1_000
    const kilobytes = bytes / 1_024
    measured.push({
      msPerKb: ms / kilobytes,
      stepsPerKb: steps.taken / kilobytes,
      msPerMessage: ms / sent.length,
    })
  }
  measured.sort((left, right) => left.msPerKb - right.msPerKb)
  const middle = measured[Math.floor(measured.length / 2)]
  if (middle === undefined) throw new Error(`${shape.name} sends nothing`)
  return middle
}
