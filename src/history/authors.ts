import type { Author } from '../../persistence/batch.ts'
import type { Stored } from '../../persistence/store.ts'

/** Who has written since a time, as far as the log still tells; each once. */
export function authorsSince({ log }: Stored, since = 0): readonly Author[] {
  const authors = new Map<string, Author>()
  for (const { by, time = 0 } of log) if (by !== undefined && time >= since) authors.set(by.id, by)
  return [...authors.values()]
}
