import type { Messages } from '../../persistence/messages.ts'
import type { Cancel, Clock } from '../base/clock.ts'
import { describeError, type Log } from '../base/log.ts'

/** What dropping old messages works with. */
export interface DroppingParts {
  readonly messages: Messages
  readonly clock: Clock
  readonly log: Log
  readonly limits: { readonly chat_kept_ms_max: number; readonly chat_drop_ms: number }
}

/** So many go at a time, so that the store serves others in between. */
const droppedMax = 1_000

/** Drops messages that are too old now and then, also in rooms where nobody posts. */
export function dropOld({ clock, limits, log, messages }: DroppingParts): Cancel {
  let isDropping = false
  const drop = async (): Promise<void> => {
    let dropped = droppedMax
    while (dropped >= droppedMax) {
      dropped = await messages.dropOld(limits.chat_kept_ms_max, droppedMax)
    }
  }
  return clock.every(limits.chat_drop_ms, () => {
    if (isDropping) return
    isDropping = true
    drop()
      .catch((error: unknown) => log.warn('messages-not-dropped', { reason: describeError(error) }))
      .finally(() => {
        isDropping = false
      })
  })
}
