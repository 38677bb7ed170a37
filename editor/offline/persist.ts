let isAsked = false

/** Asks the browser, once, not to clear by itself what is kept. Whatever it says, it is kept. */
export function persist(): void {
  // Pages that are not secure cannot ask.
  if (isAsked || !('storage' in navigator)) return
  isAsked = true
  navigator.storage.persist().catch(() => undefined)
}
