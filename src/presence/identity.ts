import type { Who } from '../auth/authority.ts'
import type { AwarenessEntry } from '../protocol/awareness.ts'

const utf8 = new TextDecoder()
const encoder = new TextEncoder()

/** Whether anything is known of somebody that others are shown. */
export function isKnown(who: Who | undefined): who is Who {
  return (who?.id ?? who?.name ?? who?.color) !== undefined
}

/**
 * Writes who somebody is over what they say of themselves: `id`, `name` and `color` in the `user`
 * of their state, where editors look for them. What the authority does not say stays.
 * @returns the entry itself where nobody is shown: its client leaves, or the state is no object
 */
export function stamp(entry: AwarenessEntry, who: Who): AwarenessEntry {
  if (entry.state === undefined) return entry
  const state: unknown = JSON.parse(utf8.decode(entry.state))
  if (!isObject(state)) return entry
  const said = isObject(state['user']) ? state['user'] : {}
  const user = {
    ...said,
    ...(who.id === undefined ? {} : { id: who.id }),
    ...(who.name === undefined ? {} : { name: who.name }),
    ...(who.color === undefined ? {} : { color: who.color }),
  }
  // Written anew even if it was true: a key that stands there twice reads in two ways.
  return { ...entry, state: encoder.encode(JSON.stringify({ ...state, user })) }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
