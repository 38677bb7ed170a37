/**
 * Calls `led` when this tab is the one of all that leads; it does until it ends or is closed.
 * @param lock the name that they have in common
 * @returns the function that ends it
 */
export function lead(lock: string, led: () => void): () => void {
  // Pages that are not secure have no locks; there each tab leads.
  if (!('locks' in navigator)) {
    led()
    return () => undefined
  }
  const waiting = new AbortController()
  const held = Promise.withResolvers<void>()
  const hold = (): Promise<void> => {
    led()
    return held.promise
  }
  navigator.locks.request(lock, { signal: waiting.signal }, hold).catch(() => undefined)
  return () => {
    waiting.abort()
    held.resolve()
  }
}
