/** What the server says of a request that it does not do. */
export class Refused extends Error {
  readonly status: number

  constructor(status: number, words: string) {
    super(words)
    this.status = status
  }
}

/** Asks the server's API, as the person whose token that is. */
export type Ask = <Answer>(method: string, path: string, body?: object) => Promise<Answer>

/**
 * Gives what asks the API of a server.
 * @param server its address
 * @param token asked for each time
 */
export function asking(server: string, token: () => string | undefined): Ask {
  return async <Answer>(method: string, path: string, body?: object): Promise<Answer> => {
    const headers = new Headers({ accept: 'application/json' })
    const shown = token()
    if (shown !== undefined) headers.set('authorization', `Bearer ${shown}`)
    if (body !== undefined) headers.set('content-type', 'application/json')
    const text = body === undefined ? null : JSON.stringify(body)
    const address = new URL(`/api/v1${path}`, server)
    const answer = await reach(address, { method, headers, body: text })
    const said: unknown = await answer.json().catch(() => undefined)
    if (!answer.ok) throw new Refused(answer.status, detailOf(said))
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- it is our own server's answer
    return said as Answer
  }
}

/** A browser says only beside it whether the page's own policy has stopped a request. */
async function reach(address: URL, wanted: RequestInit): Promise<Response> {
  let isStopped = false
  const note = ({ blockedURI }: SecurityPolicyViolationEvent): void => {
    if (URL.parse(blockedURI)?.origin === address.origin) isStopped = true
  }
  document.addEventListener('securitypolicyviolation', note)
  try {
    return await fetch(address, wanted)
  } catch {
    // It comes in a turn of its own.
    await new Promise((resolve) => setTimeout(resolve))
    const directive = `connect-src ${address.origin}`
    const policy = `This page's own Content-Security-Policy stops it; it must name: ${directive}`
    const away = 'The server cannot be reached just now. Try again in a moment.'
    throw new Refused(0, isStopped ? policy : away)
  } finally {
    document.removeEventListener('securitypolicyviolation', note)
  }
}

function detailOf(said: unknown): string {
  const isTold = typeof said === 'object' && said !== null && 'detail' in said
  return isTold && typeof said.detail === 'string' ? said.detail : 'The server refused it.'
}

/** The path of a document in the API. */
export function documentPath(name: string, rest = ''): string {
  return `/documents/${encodeURIComponent(name)}${rest}`
}
