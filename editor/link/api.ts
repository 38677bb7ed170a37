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
    const answer = await fetch(address, { method, headers, body: text }).catch(() => {
      throw new Refused(0, 'The server cannot be reached just now. Try again in a moment.')
    })
    const said: unknown = await answer.json().catch(() => undefined)
    if (!answer.ok) throw new Refused(answer.status, detailOf(said))
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- it is our own server's answer
    return said as Answer
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
