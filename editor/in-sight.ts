/** The server may be away just then: it is asked again after this long. */
const againAfterMs = 1_000

/**
 * Loads what fills a place when the place comes into sight for the first time, so that nobody loads
 * what they do not see, and fills it.
 * @param fill gives the function that empties the place
 * @returns the function that empties it, or ends the waiting
 */
export function fillInSight<Content>(
  place: HTMLElement,
  load: () => Promise<Content>,
  fill: (content: Content) => () => void,
): () => void {
  let isOver = false
  let empty: (() => void) | undefined
  const attempt = (): void => {
    if (isOver) return
    load().then(
      (content) => {
        if (!isOver) empty = fill(content)
        place.ariaBusy = null
      },
      () => setTimeout(attempt, againAfterMs),
    )
  }
  const observer = new IntersectionObserver((entries) => {
    if (!entries.some(({ isIntersecting }) => isIntersecting)) return
    observer.disconnect()
    attempt()
  })
  place.ariaBusy = 'true'
  observer.observe(place)
  return () => {
    isOver = true
    observer.disconnect()
    empty?.()
  }
}
