/** A document that this browser has opened. */
export interface Recent {
  readonly name: string
  readonly title: string
  /** When it was last open, in milliseconds since 1970. */
  readonly at: number
  /** Whether some of what was written in it here is not on the server's disk. */
  readonly isUnsaved: boolean
}

const place = 'recent-documents'
const keptMax = 50

/** The documents that this browser has opened, the latest first. */
export function recentDocuments(): readonly Recent[] {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(place) ?? '[]')
    return Array.isArray(kept) ? kept.filter(isRecent) : []
  } catch {
    // Storage may be forbidden or hold something else.
    return []
  }
}

/** Notes how a document stands in this browser. */
export function noteRecent(recent: Recent): void {
  const others = recentDocuments().filter(({ name }) => name !== recent.name)
  try {
    localStorage.setItem(place, JSON.stringify([recent, ...others].slice(0, keptMax)))
  } catch {
    // As above; then the list has what the server tells.
  }
}

function isRecent(value: unknown): value is Recent {
  if (typeof value !== 'object' || value === null) return false
  const { at, isUnsaved, name, title } = value as Partial<Recent>
  const isNamed = typeof name === 'string' && typeof title === 'string'
  return isNamed && typeof at === 'number' && typeof isUnsaved === 'boolean'
}
