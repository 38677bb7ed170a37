/** What came over a stream of events. */
export interface Heard {
  readonly id: string | undefined
  readonly event: {
    readonly id: string
    readonly type: string
    readonly document: string
    readonly data: Readonly<Record<string, unknown>>
  }
}

/** One that listens to events, as they come over the wire. */
export interface Listener {
  readonly heard: readonly Heard[]
  /** Resolves when the server has ended it. */
  readonly ended: Promise<void>
  end(): void
}

/** Begins to listen; resolves when the server tells. */
export async function listen(
  url: string,
  { after, token }: { readonly after?: string; readonly token?: string } = {},
): Promise<Listener> {
  const stop = new AbortController()
  const answer = await fetch(url, {
    signal: stop.signal,
    headers: {
      accept: 'text/event-stream',
      ...(after === undefined ? {} : { 'last-event-id': after }),
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    },
  })
  if (answer.status !== 200 || answer.body === null) {
    throw new Error(`${answer.status} ${await answer.text()}`)
  }
  const reader = answer.body.getReader()
  const heard: Heard[] = []
  const first = await reader.read()
  let text = textOf(first.value)
  const read = async (): Promise<void> => {
    for (;;) {
      const blocks = text.split('\n\n')
      text = blocks.pop() ?? ''
      for (const block of blocks) {
        const lines = new Map(
          block.split('\n').map((line): [string, string] => {
            const at = line.indexOf(': ')
            return [line.slice(0, at), line.slice(at + 2)]
          }),
        )
        const data = lines.get('data')
        if (data !== undefined) heard.push({ id: lines.get('id'), event: JSON.parse(data) })
      }
      const { done, value } = await reader.read()
      if (done) return
      text += textOf(value)
    }
  }
  const ended = read().catch(() => undefined)
  return { heard, ended, end: () => stop.abort() }
}

function textOf(bytes: Uint8Array | undefined): string {
  return new TextDecoder().decode(bytes)
}
