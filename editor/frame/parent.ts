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
 * Tells the page around this one what is wanted of it, and waits for it: from that window and that
 * site.
 * @param read gives what is wanted out of a message; undefined for any other message
 * @param waitMs how long at most; for ever without it
 */
function want<Answer>(
  type: string,
  read: (event: MessageEvent<unknown>) => Answer | undefined,
  waitMs?: number,
): Promise<Answer> {
  const origin = parentOrigin()
  if (origin === undefined) {
    return Promise.reject(new Error('the browser does not say which page is around this one.'))
  }
  return new Promise((resolve, reject) => {
    const end = (): void => {
      clearTimeout(tooLate)
      removeEventListener('message', hear)
    }
    const hear = (event: MessageEvent<unknown>): void => {
      if (event.source !== window.parent || event.origin !== origin) return
      const answer = read(event)
      if (answer === undefined) return
      end()
      resolve(answer)
    }
    const giveUp = (afterMs: number): void => {
      end()
      reject(new Error(`${origin} gave none in ${afterMs / 1_000} seconds.`))
    }
    const tooLate = waitMs === undefined ? undefined : setTimeout(giveUp, waitMs, waitMs)
    addEventListener('message', hear)
    tellParent({ type })
  })
}

/**
 * Asks the page around this one for a port: `{ type: 'ytopic-port-wanted' }` goes to it, and
 * `{ type: 'ytopic-port' }` is to come back with one. What is said over it afterwards nobody else
 * hears.
 */
export function openPort(): Promise<MessagePort> {
  return want('ytopic-port-wanted', ({ data, ports }) =>
    isOfType(data, 'ytopic-port') ? ports[0] : undefined,
  )
}

/**
 * Asks the page around this one for a token: `{ type: 'ytopic-token-wanted' }` goes to it, and
 * `{ type: 'ytopic-token', token }` is to come back.
 */
export function askParent(): Promise<string> {
  return want('ytopic-token-wanted', tokenIn, answerAfterMs)
}

function tokenIn({ data }: MessageEvent<unknown>): string | undefined {
  const isToken = isOfType(data, 'ytopic-token') && 'token' in data
  return isToken && typeof data.token === 'string' ? data.token : undefined
}

/** Whether something that came is a message of that type. */
export function isOfType(data: unknown, type: string): data is object {
  return typeof data === 'object' && data !== null && 'type' in data && data.type === type
}
