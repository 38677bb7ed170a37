import type { Who } from '../auth/authority.ts'
import { isObject } from '../base/json.ts'
import type { AwarenessEntry } from '../protocol/awareness.ts'

const utf8 = new TextDecoder()
const encoder = new TextEncoder()

/** What an authority vouches for, as it stands in the `user` of a state. */
const vouchedFor: ReadonlySet<string> = new Set(['id', 'name', 'color'])

/**
 * Writes who somebody is over what they say of themselves: `id`, `name` and `color` in the `user`
 * of their state, where editors look for them. What the authority does not say is taken away, or
 * somebody without an id would show that of somebody else.
 * @returns the entry itself where nobody is shown: its client leaves, or the state is no object
 */
export function withIdentity(entry: AwarenessEntry, who: Who | undefined): AwarenessEntry {
  if (entry.state === undefined) return entry
  const state: unknown = JSON.parse(utf8.decode(entry.state))
  if (!isObject(state)) return entry
  const said = isObject(state['user']) ? state['user'] : {}
  const user = {
    ...Object.fromEntries(Object.entries(said).filter(([key]) => !vouchedFor.has(key))),
    ...(who?.id === undefined ? {} : { id: who.id }),
    ...(who?.name === undefined ? {} : { name: who.name }),
    ...(who?.color === undefined ? {} : { color: who.color }),
  }
  const isShown = Object.hasOwn(state, 'user') || Object.keys(user).length > 0
  // Written anew even if it was true: a key that stands there twice reads in two ways.
  const identified = JSON.stringify(isShown ? { ...state, user } : state)
  return { ...entry, state: encoder.encode(identified) }
}
