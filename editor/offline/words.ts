/** Says why nothing can be kept, and what to do. */
export function wordsFor(error: unknown): string {
  const isFull = error instanceof DOMException && error.name === 'QuotaExceededError'
  const reason = error instanceof Error ? error.message : String(error)
  const why = isFull ? 'This device has no room left.' : `This device keeps no copy: ${reason}`
  return `${why} Your last changes are in this tab only: leave it open until they are saved.`
}
