import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

/** A way to servers, as a balancer that knows nothing of them: a test bends and cuts it. */
export interface Forwarder {
  readonly port: number
  /** Ports in the order in which they are tried: a connection goes to the first that takes it. */
  targets: readonly number[]
  /** Ends what goes through it, without a goodbye. */
  cut(): void
  stop(): Promise<void>
}

/** Starts one on a free port. */
export async function startForwarder(targets: readonly number[]): Promise<Forwarder> {
  const sockets = new Set<Socket>()
  const keep = (socket: Socket): void => {
    sockets.add(socket)
    // Whoever is cut says so by an error too; what follows is the same.
    socket.on('error', () => undefined)
    socket.on('close', () => sockets.delete(socket))
  }
  const join = (near: Socket, far: Socket): void => {
    near.pipe(far)
    far.pipe(near)
    near.on('close', () => far.destroy())
    far.on('close', () => near.destroy())
  }
  const way = (near: Socket, left: readonly number[]): void => {
    const [port, ...others] = left
    if (port === undefined) return void near.destroy()
    const far = connect(port, '127.0.0.1')
    const next = (): void => way(near, others)
    keep(far)
    far.once('error', next)
    far.once('connect', () => {
      far.off('error', next)
      join(near, far)
    })
  }
  const server = createServer((near) => {
    keep(near)
    way(near, forwarder.targets)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const forwarder: Forwarder = {
    port: (server.address() as AddressInfo).port,
    targets,
    cut() {
      for (const socket of sockets) socket.destroy()
    },
    async stop() {
      const closed = once(server, 'close')
      server.close()
      forwarder.cut()
      await closed
    },
  }
  return forwarder
}
