import type { Author } from '../../../persistence/store.ts'
import type { Who } from '../../auth/authority.ts'

/** Whose somebody's edits are in history; undefined where nobody says who they are. */
export function authorOf(who: Who | undefined): Author | undefined {
  return who?.id === undefined ? undefined : { id: who.id, name: who.name }
}
