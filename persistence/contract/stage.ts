import { Batch } from '../batch.ts'
import { StoreError } from '../store-error.ts'
import type { Store } from '../store.ts'

/** A store under test and what surrounds it. */
export interface StoreStage {
  readonly store: Store
  /** Closes the store and gives a fresh one on the same data, where the store outlasts closing. */
  reopen(): Promise<Store>
  dispose(): Promise<void>
}

/** The bytes of a text, so that failures read well. */
export function bytes(text: string): Uint8Array {
  return new TextEncoder().encode(text)
}

/** One batch of `[document, update]` pairs. */
export function batchOf(...updates: readonly (readonly [string, string])[]): Batch {
  const batch = new Batch()
  for (const [document, update] of updates) batch.add(document, bytes(update))
  return batch
}

/** The updates in a document's log, as texts. */
export async function logOf(store: Store, document: string): Promise<readonly string[]> {
  const { log } = await store.load(document)
  return log.map((entry) => new TextDecoder().decode(entry.bytes))
}

/** The kind with which a promise was refused. */
export async function refusal(promise: Promise<unknown>): Promise<string> {
  return (await storeErrorOf(promise)).kind
}

/** The error with which a promise was refused; throws when it was not, or with anything else. */
export async function storeErrorOf(promise: Promise<unknown>): Promise<StoreError> {
  const outcome = await promise.then(
    () => 'resolved',
    (error: unknown) => error,
  )
  if (outcome instanceof StoreError) return outcome
  throw new Error(`The store had to throw a StoreError, and gave: ${String(outcome)}.`)
}
