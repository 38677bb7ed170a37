import { getPriority, setPriority } from 'node:os'
import { parentPort } from 'node:worker_threads'
import { describeError } from '../base/log.ts'
import { shared } from './bundle.ts'
import { fold } from './fold/fold.ts'
import { buffersOf } from './handover.ts'
import type { Answer, FromWorker, Request, ToWorker } from './request.ts'

const lowest = 19

// On Linux this is the thread's own: nobody waits for a fold, and many wait for the relay. The
// server may itself run below others; to go above it would be for root alone.
if (process.platform === 'linux') setPriority(0, Math.min(getPriority(0) + 10, lowest))

parentPort?.on('message', (asked: ToWorker) => {
  const fail = (error: unknown): void => say({ id: asked.id, fault: describeError(error) })
  answered(asked).then(say, fail)
})

function say(said: FromWorker): void {
  parentPort?.postMessage(said, 'answer' in said ? buffersOf(said.answer) : [])
}

async function answered({ id, request }: ToWorker): Promise<FromWorker> {
  try {
    return { id, answer: await perform(request) }
  } catch (error) {
    return { id, fault: describeError(error) }
  }
}

/** A thread that only folds, as most do, loads nothing else. */
async function perform(request: Request): Promise<Answer> {
  if (request.kind !== 'fold') return (await import('./perform.ts')).perform(request)
  const folded = fold(request.parts, request.memoryBytesMax)
  if (folded.kind !== 'folded') return { kind: 'fold', value: folded }
  // From here it goes to the relay, and from there to the thread of the store.
  return { kind: 'fold', value: { ...folded, snapshot: shared(folded.snapshot) } }
}
