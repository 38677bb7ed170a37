import { setPriority } from 'node:os'
import { parentPort } from 'node:worker_threads'
import { describeError } from '../base/log.ts'
import { packedAttribution } from './history/attribution.ts'
import { shared } from './bundle.ts'
import { compare } from './history/compare.ts'
import { editStored, lookAt, readStored } from './content/convert.ts'
import { fold } from './fold/fold.ts'
import { buffersOf } from './handover.ts'
import { joinNeighbours, keep, stateOfChain } from './history/increment.ts'
import type { Markup } from './markup/needed.ts'
import { unpack } from './packed.ts'
import type { Answer, FromWorker, Request, ToWorker } from './request.ts'
import { restore } from './history/restore.ts'

// On Linux this is the thread's own: nobody waits for a fold, and many wait for the relay.
if (process.platform === 'linux') setPriority(0, 10)

parentPort?.on('message', (asked: ToWorker) => {
  const fail = (error: unknown): void => say({ id: asked.id, fault: describeError(error) })
  answered(asked).then(say, fail)
})

function say(said: FromWorker): void {
  parentPort?.postMessage(said, 'answer' in said ? buffersOf(said.answer) : [])
}

async function answered({ id, request }: ToWorker): Promise<FromWorker> {
  try {
    return { id, answer: perform(request, await markupFor(request)) }
  } catch (error) {
    return { id, fault: describeError(error) }
  }
}

/** The parsers are loaded when they are first needed: a fold needs none. */
async function markupFor(request: Request): Promise<Markup | undefined> {
  const asked =
    request.kind === 'read' ? request.wish : request.kind === 'edit' ? request.change : undefined
  const format = asked !== undefined && 'format' in asked ? asked.format : undefined
  return format === 'markdown' || format === 'html' ? import('./markup/markup.ts') : undefined
}

function perform(request: Request, markup: Markup | undefined): Answer {
  const { kind } = request
  switch (kind) {
    case 'fold': {
      const folded = fold(request.parts, request.memoryBytesMax)
      if (folded.kind !== 'folded') return { kind, value: folded }
      // From here it goes to the relay, and from there to the thread of the store.
      return { kind, value: { ...folded, snapshot: shared(folded.snapshot) } }
    }
    case 'keep':
      return { kind, value: keep(request) }
    case 'restore': {
      const { chain, memoryBytesMax, now } = request
      return { kind, value: restore(now, chain.map(unpack), memoryBytesMax) }
    }
    case 'state':
      return { kind, value: stateOfChain(request.chain) }
    case 'compare':
      return { kind, value: compare(request) }
    case 'attribute':
      return { kind, value: packedAttribution(request.stored) }
    case 'look':
      return { kind, value: lookAt(request) }
    case 'read':
      return { kind, value: readStored(request, markup) }
    case 'edit':
      return { kind, value: editStored(request, markup) }
    case 'join':
      return { kind, value: joinNeighbours(request.neighbours, request.form) }
  }
}
