import { Worker } from 'node:worker_threads'
import { describeError } from '../base/log.ts'
import type { Fold, Folded } from '../storage/compactor.ts'

/** One request to the fold worker. */
export interface FoldRequest {
  readonly id: number
  readonly parts: readonly Uint8Array[]
}

/** Its answer. */
export interface FoldReply {
  readonly id: number
  readonly folded: Folded
}

/** A thread that folds; it starts with the first request. */
export interface FoldWorker {
  readonly fold: Fold
  /** Ends the thread; what it was asked and had not answered is rejected. Idempotent. */
  close(): Promise<void>
}

/** Makes a fold worker. A thread that dies is replaced at the next request. */
export function createFoldWorker(): FoldWorker {
  const asked = new Map<number, PromiseWithResolvers<Folded>>()
  let worker: Worker | undefined
  let closed = false
  let nextId = 1

  const lose = (reason: string): void => {
    worker = undefined
    for (const { reject } of asked.values()) reject(new Error(reason))
    asked.clear()
  }
  const start = (): Worker => {
    const started = new Worker(new URL('./fold-worker.ts', import.meta.url))
    started.on('message', ({ id, folded }: FoldReply) => {
      asked.get(id)?.resolve(folded)
      asked.delete(id)
    })
    started.on('error', (error) => lose(`the fold worker died: ${describeError(error)}`))
    started.unref()
    return started
  }
  return {
    fold(parts) {
      if (closed) return Promise.reject(new Error('the fold worker is closed'))
      const id = nextId++
      const answer = Promise.withResolvers<Folded>()
      asked.set(id, answer)
      worker ??= start()
      worker.postMessage({ id, parts } satisfies FoldRequest)
      return answer.promise
    },
    async close() {
      closed = true
      const ended = worker?.terminate()
      lose('the server is leaving')
      await ended
    },
  }
}
