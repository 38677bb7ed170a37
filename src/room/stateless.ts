import type { Who } from '../auth/authority.ts'
import { describeError, type Log, stackOf } from '../base/log.ts'

/** A client's message beside the document, and ways to answer. */
export interface StatelessMessage {
  /** The document on which it was said. */
  readonly document: string
  readonly text: string
  /** Who says it, as far as the authority said. */
  readonly who: Who | undefined
  /** Answers the client that said it; does nothing once that has left. */
  reply(text: string): void
  /** Says something to every client of the document, the sender included. */
  broadcast(text: string): void
}

/** The application's handler. It may throw or reject: that is logged and hurts nobody. */
export type StatelessHandler = (message: StatelessMessage) => void | Promise<void>

/** Calls the application's handler, whatever becomes of it. */
export function tellApplication(
  handler: StatelessHandler,
  log: Log,
  message: StatelessMessage,
): void {
  const call = async (): Promise<void> => handler(message)
  call().catch((error: unknown) => {
    const fields = { document: message.document, reason: describeError(error) }
    log.error('stateless-handler-failed', { ...fields, stack: stackOf(error) })
  })
}
