/** A page loads much at once; it is told when that is over. */
const settledAfterMs = 500

/**
 * Has this page kept on the device, so that it opens without the server: itself, and what it loads.
 * Browsers do so in secure pages alone.
 * @param place where such pages stand
 */
export async function keepPage(place: '/d/' | '/embed/'): Promise<void> {
  if (!('serviceWorker' in navigator)) return
  const { serviceWorker } = navigator
  await serviceWorker.register('/page-keeper.js', { scope: place })
  const { active } = await serviceWorker.ready
  let settling: ReturnType<typeof setTimeout> | undefined
  const tell = (): void => {
    const loaded = performance
      .getEntriesByType('resource')
      .map(({ name }) => new URL(name))
      .flatMap(({ origin, pathname }) => (origin === location.origin ? [pathname] : []))
    active?.postMessage({ place, loaded: [...new Set(loaded)] })
  }
  new PerformanceObserver((seen) => {
    if (!seen.getEntries().some(({ name }) => name.includes('assets/'))) return
    clearTimeout(settling)
    settling = setTimeout(tell, settledAfterMs)
  }).observe({ type: 'resource', buffered: true })
}
