import { asAccess } from '../base/access.ts'
import { isObject, type JsonObject, readObject } from '../base/json.ts'
import { denied, type Verdict } from './authority.ts'

/** What an endpoint's answer means, and for how long. */
export interface Answer {
  readonly verdict: Verdict
  /** How long the endpoint is not asked the same again. */
  readonly keepMs: number
}

/** An answer that does not say how long it holds: access is asked about again after this. */
const accessMsDefault = 60_000
const keepMsMax = 86_400_000
/** Whoever wants to be asked each time is not asked all the time about those who stay. */
const askAgainMsMin = 2_000

/**
 * Reads an endpoint's answer: JSON with `access` (`read`, `comment`, `write`, `admin` or `none`),
 * and where it wants `id`, `name`, `color`, `claims`, `reason` and `seconds`, for how long it
 * holds. The statuses 401 and 403 deny as well.
 * @returns undefined when it cannot be understood: then nothing has been decided
 */
export function readAnswer(status: number, text: string, wallNow: number): Answer | undefined {
  const said = readObject(text)
  const seconds = said?.['seconds']
  const keepMs = typeof seconds === 'number' && seconds >= 0 ? seconds * 1_000 : undefined
  if (status === 401 || status === 403) return refusal(said, status === 401, keepMs)
  if (status !== 200 || said === undefined) return undefined
  // A time that is none must not be taken for "for ever".
  if (seconds !== undefined && keepMs === undefined) return undefined
  if (said['access'] === 'none') return refusal(said, false, keepMs)
  const access = asAccess(said['access'])
  if (access === undefined) return undefined
  const who = {
    id: textIn(said['id']),
    name: textIn(said['name']),
    color: textIn(said['color']),
    claims: isObject(said['claims']) ? said['claims'] : undefined,
  }
  const heldMs = Math.min(keepMs ?? accessMsDefault, keepMsMax)
  const grant = { access, who, askAgainAt: wallNow + Math.max(heldMs, askAgainMsMin) } as const
  return { verdict: { kind: 'granted', grant }, keepMs: heldMs }
}

function refusal(
  said: JsonObject | undefined,
  expired: boolean,
  keepMs: number | undefined,
): Answer {
  const reason =
    textIn(said?.['reason']) ?? (expired ? 'Sign in again.' : 'This document is not for you.')
  const verdict: Verdict = expired ? { kind: 'denied', reason, expired } : denied(reason)
  // Without a word the next try is a new question: the reason may be gone.
  return { verdict, keepMs: Math.min(keepMs ?? 0, keepMsMax) }
}

function textIn(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined
}
