/** How long the page around a frame may take to give a token. */
const answerAfterMs = 10_000

/** The site of the page around this one, as the browser says; undefined where it does not. */
function parentOrigin(): string | undefined {
  if (window.parent === window) return undefined
  const [nearest] = 'ancestorOrigins' in location ? location.ancestorOrigins : []
  return nearest ?? (document.referrer === '' ? undefined : new URL(document.referrer).origin)
}

/** Tells the page around this one something that is no secret. */
export function tellParent(message: Readonly<Record<string, unknown>>): void {
  const origin = parentOrigin()
  if (origin !== undefined && origin !== 'null') window.parent.postMessage(message, origin)
}

/**
 * Asks the page around this one for a token: `{ type: 'ytopic-token-wanted' }` goes to it, and
 * `{ type: 'ytopic-token', token }` is to come back, from that window and that site.
 */
export function askParent(): Promise<string> {
  const origin = parentOrigin()
  if (origin === undefined) {
    return Promise.reject(new Error('the browser does not say which page is around this one.'))
  }
  return new Promise((resolve, reject) => {
    const tooLate = setTimeout(() => {
      removeEventListener('message', hear)
      reject(new Error(`${origin} gave none in ${answerAfterMs / 1_000} seconds.`))
    }, answerAfterMs)
    const hear = ({ data, origin: from, source }: MessageEvent<unknown>): void => {
      if (source !== window.parent || from !== origin) return
      if (typeof data !== 'object' || data === null || !('type' in data)) return
      if (data.type !== 'ytopic-token' || !('token' in data)) return
      if (typeof data.token !== 'string') return
      clearTimeout(tooLate)
      removeEventListener('message', hear)
      resolve(data.token)
    }
    addEventListener('message', hear)
    tellParent({ type: 'ytopic-token-wanted' })
  })
}
