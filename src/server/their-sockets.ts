import type { ServerWebSocket, WebSocketHandler } from 'bun'
import { Connection } from '../connection/connection.ts'

/** What somebody else's sockets do beside ours; how frames are taken off the wire is ytopic's. */
export type TheirSockets<Data> = Pick<
  WebSocketHandler<Data>,
  'data' | 'open' | 'message' | 'drain' | 'close' | 'ping' | 'pong'
>

/** Handlers for a server that has sockets of ytopic and others: each goes to its own. */
export function besideTheirs<Data>(
  ours: WebSocketHandler<Connection>,
  theirs: TheirSockets<Data>,
): WebSocketHandler<Connection | Data> {
  const { data: _, ...settings } = ours
  return {
    ...settings,
    open: each(ours.open?.bind(ours), theirs.open?.bind(theirs)),
    message: each(ours.message?.bind(ours), theirs.message?.bind(theirs)),
    drain: each(ours.drain?.bind(ours), theirs.drain?.bind(theirs)),
    close: each(ours.close?.bind(ours), theirs.close?.bind(theirs)),
    ping: each(ours.ping?.bind(ours), theirs.ping?.bind(theirs)),
    pong: each(ours.pong?.bind(ours), theirs.pong?.bind(theirs)),
  }
}

type Handler<Data, Rest extends readonly unknown[]> = (
  socket: ServerWebSocket<Data>,
  ...rest: Rest
) => void | Promise<void>

/** One handler out of two. */
function each<Data, Rest extends readonly unknown[]>(
  ours: Handler<Connection, Rest> | undefined,
  theirs: Handler<Data, Rest> | undefined,
): Handler<Connection | Data, Rest> {
  return (socket, ...rest) => {
    if (isOurs(socket)) return ours?.(socket, ...rest)
    if (isTheirs<Data>(socket)) return theirs?.(socket, ...rest)
  }
}

function isOurs(socket: ServerWebSocket<unknown>): socket is ServerWebSocket<Connection> {
  return socket.data instanceof Connection
}

function isTheirs<Data>(
  socket: ServerWebSocket<Connection | Data>,
): socket is ServerWebSocket<Data> {
  return !isOurs(socket)
}
