import { connect } from 'node:net'

/** The head of an HTTP answer. */
export interface Head {
  readonly status: number
  readonly headers: Headers
  /** As it came. */
  readonly text: string
}

/** Upgrades with those headers; gives the head of the answer, as no WebSocket client shows it. */
export async function upgradeHead(
  server: { readonly http: string },
  path: string,
  headers: Readonly<Record<string, string>>,
): Promise<Head> {
  const { hostname, port } = new URL(server.http)
  const answered = Promise.withResolvers<string>()
  const socket = connect(Number(port), hostname)
  socket.on('error', answered.reject)
  let text = ''
  socket.on('data', (bytes) => {
    text += bytes.toString('latin1')
    const end = text.indexOf('\r\n\r\n')
    if (end >= 0) answered.resolve(text.slice(0, end))
  })
  const lines = {
    Host: `${hostname}:${port}`,
    Upgrade: 'websocket',
    Connection: 'Upgrade',
    'Sec-WebSocket-Key': btoa('sixteen bytes !!'),
    'Sec-WebSocket-Version': '13',
    ...headers,
  }
  const head = Object.entries(lines).map(([name, value]) => `${name}: ${value}\r\n`)
  socket.write(`GET ${path} HTTP/1.1\r\n${head.join('')}\r\n`)
  const [first = '', ...rest] = (await answered.promise).split('\r\n')
  socket.destroy()
  const answer = new Headers(
    rest.map((line): [string, string] => {
      const at = line.indexOf(':')
      return [line.slice(0, at), line.slice(at + 1).trim()]
    }),
  )
  return { status: Number(first.split(' ')[1]), headers: answer, text: [first, ...rest].join('\n') }
}
