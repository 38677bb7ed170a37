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
 * Asks the page around this one for a port: `{ type: 'ytopic-port-wanted' }` goes to it, and
 * `{ type: 'ytopic-port' }` is to come back with one, from that window and that site. What is said
 * over it afterwards nobody else hears.
 */
export function openPort(): Promise<MessagePort> {
  const origin = parentOrigin()
  if (origin === undefined) {
    return Promise.reject(new Error('The browser does not say which page is around this one.'))
  }
  return new Promise((resolve) => {
    const hear = ({ data, origin: from, ports, source }: MessageEvent<unknown>): void => {
      const [port] = ports
      if (source !== window.parent || from !== origin || port === undefined) return
      if (!isOfType(data, 'ytopic-port')) return
      removeEventListener('message', hear)
      resolve(port)
    }
    addEventListener('message', hear)
    tellParent({ type: 'ytopic-port-wanted' })
  })
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
      if (!isOfType(data, 'ytopic-token')) return
      if (!('token' in data) || typeof data.token !== 'string') return
      clearTimeout(tooLate)
      removeEventListener('message', hear)
      resolve(data.token)
    }
    addEventListener('message', hear)
    tellParent({ type: 'ytopic-token-wanted' })
  })
}

/** Whether something that came is a message of that type. */
export function isOfType(data: unknown, type: string): data is object {
  return typeof data === 'object' && data !== null && 'type' in data && data.type === type
}
