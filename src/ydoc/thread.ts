import { Worker } from 'node:worker_threads'
import type { Cancel, Clock } from '../base/clock.ts'
import { describeError } from '../base/log.ts'
import { inSlices } from '../base/slices.ts'
import { handedOver } from './handover.ts'
import type { Answer, AnswerTo, FromWorker, Request, ToWorker } from './request.ts'

/** What came of a request. */
export type Outcome<Value> =
  | { readonly kind: 'answered'; readonly value: Value }
  /** Not answered in time; the thread was ended over it. */
  | { readonly kind: 'late' }

interface Asked {
  readonly request: Request
  readonly msMax: number
  readonly answer: (outcome: Outcome<Answer>) => void
  readonly reject: (error: Error) => void
}

interface Running {
  readonly id: number
  readonly asked: Asked
  readonly cancelDeadline: Cancel
}

/**
 * A thread that builds `Y.Doc`s. It starts with the first request and is asked one thing at a time;
 * one that dies, or is ended as it did not answer in time, is replaced for the next request.
 */
export class YdocThread {
  readonly #clock: Clock
  readonly #queue: Asked[] = []
  #worker: Worker | undefined
  #running: Running | undefined
  #lastId = 0
  #isClosed = false

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /**
   * Asks after all that was asked before.
   * @param msMax time for the answer, from when the thread is free for it
   */
  async ask<Kind extends Request['kind']>(
    request: Request & { readonly kind: Kind },
    msMax: number,
  ): Promise<Outcome<AnswerTo<Kind>['value']>> {
    if (this.#isClosed) throw new Error(leaving)
    const { promise, resolve, reject } = Promise.withResolvers<Outcome<Answer>>()
    this.#queue.push({ request, msMax, answer: resolve, reject })
    this.#next()
    const outcome = await promise
    if (outcome.kind === 'late') return outcome
    const { value: answer } = outcome
    if (isAnswerTo(request.kind, answer)) return { kind: 'answered', value: answer.value }
    throw new Error(`The thread answered ${request.kind} with ${answer.kind}.`)
  }

  /** Ends the thread; what it was asked and had not answered is rejected. Idempotent. */
  async close(): Promise<void> {
    this.#isClosed = true
    const ended = this.#worker?.terminate()
    this.#worker = undefined
    this.#takeRunning()?.reject(new Error(leaving))
    for (const { reject } of this.#queue.splice(0)) reject(new Error(leaving))
    await ended
  }

  #next(): void {
    if (this.#running !== undefined) return
    const asked = this.#queue.shift()
    if (asked === undefined) return
    const id = ++this.#lastId
    const cancelDeadline = this.#clock.after(asked.msMax, () => this.#endLate())
    this.#running = { id, asked, cancelDeadline }
    this.#worker ??= this.#start()
    inSlices(this.#clock, handedOver(asked.request)).then(
      ({ buffer, request }) => this.#post({ id, request }, buffer),
      (error: unknown) => {
        if (this.#running?.id !== id) return
        this.#takeRunning()?.reject(new Error(describeError(error)))
        this.#next()
      },
    )
  }

  /** This side has the buffer no more. */
  #post(message: ToWorker, buffer: ArrayBuffer): void {
    // It may have been given up while it was being put together.
    if (this.#running?.id === message.id) this.#worker?.postMessage(message, [buffer])
  }

  #start(): Worker {
    const worker = new Worker(new URL('./worker.ts', import.meta.url))
    worker.on('message', (message: FromWorker) => this.#settle(worker, message))
    worker.on('error', (error) => this.#lose(worker, describeError(error)))
    worker.on('exit', () => this.#lose(worker, 'it ended'))
    worker.unref()
    return worker
  }

  #settle(worker: Worker, message: FromWorker): void {
    if (worker !== this.#worker || message.id !== this.#running?.id) return
    const asked = this.#takeRunning()
    if ('answer' in message) asked?.answer({ kind: 'answered', value: message.answer })
    else asked?.reject(new Error(message.fault))
    this.#next()
  }

  /** Nothing but its end stops a thread that computes. */
  #endLate(): void {
    this.#worker?.terminate().catch(() => undefined)
    this.#worker = undefined
    this.#takeRunning()?.answer({ kind: 'late' })
    this.#next()
  }

  #lose(worker: Worker, reason: string): void {
    if (worker !== this.#worker) return
    this.#worker = undefined
    this.#takeRunning()?.reject(new Error(`the thread for documents died: ${reason}`))
    this.#next()
  }

  #takeRunning(): Asked | undefined {
    const running = this.#running
    this.#running = undefined
    running?.cancelDeadline()
    return running?.asked
  }
}

const leaving = 'The server is leaving; ask again when it is back.'

function isAnswerTo<Kind extends Request['kind']>(
  kind: Kind,
  answer: Answer,
): answer is Answer & AnswerTo<Kind> {
  return answer.kind === kind
}
