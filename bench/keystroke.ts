import { openRoom } from '../test/support/fakes/room.ts'
import { typedMessages } from './shapes/messages.ts'

// What a keystroke costs in one process without sockets, of many tries the quickest: alone in its
// turn of the event loop, and one of 256 in a turn. `bun bench/keystroke.ts`
const [rounds, letters] = [100, 4_096]

for (const inTurn of [1, 256]) {
  const { broadcasts, clock, join } = openRoom()
  const [writer] = [join(), join()]
  const messages = typedMessages(rounds * letters, 4_000_000_001)
  let least = Infinity
  for (let round = 0; round < rounds; round++) {
    const from = round * letters
    const typed = messages.slice(from, from + letters)
    const started = performance.now()
    for (const [index, message] of typed.entries()) {
      writer.take(message)
      if ((index + 1) % inTurn === 0) clock.turn()
    }
    least = Math.min(least, performance.now() - started)
    broadcasts.length = 0
    await Promise.resolve()
  }
  console.log(`${inTurn} in a turn: ${((least * 1_000) / letters).toFixed(3)} µs each`)
}
