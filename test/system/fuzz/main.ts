import { writeSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { attacks } from '../hostile/attacks.ts'
import { openStage, type Stage } from '../hostile/stage.ts'
import { lastWord } from '../hostile/witness.ts'
import { Random } from '../sim/random.ts'

// `npm run fuzz`: one attack after the other on a real server, drawn from a seed, for some minutes;
// now and then it is killed, and every document that was attacked has to come back.
const { values } = parseArgs({ options: { seed: { type: 'string' }, minutes: { type: 'string' } } })
const seed = values.seed === undefined ? Math.floor(Math.random() * 2 ** 31) : Number(values.seed)
const minutes = Number(values.minutes ?? '1')
if (!Number.isSafeInteger(seed) || !(minutes > 0)) {
  throw new TypeError('--seed and --minutes take numbers')
}

const roundsPerLife = 60
const surprise = /unexpected fault|request-failed|room-failed/

say(`seed ${seed}, ${minutes} minutes`)
const stage = await openStage()
try {
  await run(stage, new Random(seed))
} finally {
  await stage.close()
}

async function run(on: Stage, random: Random): Promise<void> {
  const start = performance.now()
  let saidAt = start
  let worst = 0
  let slowest = ''
  for (let round = 1; performance.now() - start < minutes * 60_000; round++) {
    const attack = random.pick(attacks)
    const roundSeed = random.between(0, 2 ** 31)
    const what = `round ${round} of seed ${seed}: ${attack.name} (${roundSeed})`
    const waited = await on.endure(attack, roundSeed).catch((error: unknown) => {
      throw new Error(`${what} failed`, { cause: error })
    })
    if (surprise.test(on.server.output())) throw new Error(`${what}:\n${on.server.output()}`)
    if (waited > worst) [worst, slowest] = [waited, attack.name]
    if (round % roundsPerLife === 0) await reopen(on)
    if (performance.now() - saidAt < 15_000) continue
    saidAt = performance.now()
    const megabytes = Math.round(on.megabytes())
    say(`${round} rounds, ${megabytes} MB, longest wait ${worst.toFixed(0)} ms (${slowest})`)
  }
  await reopen(on)
  say(`every document came back; the longest wait was ${worst.toFixed(0)} ms (${slowest})`)
}

/** Kills the server; the documents of its life must come back with their last words. */
async function reopen(on: Stage): Promise<void> {
  const words = [...on.lastWords].slice(-roundsPerLife)
  await on.restart()
  for (const [document, word] of words) {
    const found = await lastWord(on.server.url, document)
    if (found === word) continue
    throw new Error(`${document} lost its last word after a kill (seed ${seed})`)
  }
}

function say(line: string): void {
  writeSync(1, `${line}\n`)
}
