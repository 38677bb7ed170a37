import { connect, createServer, type Server, type Socket } from 'node:net'

/** What a gate does: lets all pass, holds everything back with sockets open, refuses all. */
type Mode = 'open' | 'deaf' | 'cut'

/** A way through which connections go, and on which something may happen to them. */
export class Gate {
  readonly port: number
  readonly #server: Server
  /** Where to go on, best first. */
  readonly #targets: () => readonly number[]
  readonly #ways = new Set<readonly [Socket, Socket]>()
  /** Those who came while it was deaf. */
  readonly #waiting = new Set<Socket>()
  #mode: Mode = 'open'

  private constructor(server: Server, targets: () => readonly number[]) {
    const address = server.address()
    if (address === null || typeof address === 'string') throw new Error('no port was given')
    this.#server = server
    this.port = address.port
    this.#targets = targets
    server.on('connection', (socket) => this.#take(socket))
  }

  /**
   * Opens one, on a free port unless told otherwise.
   * @param targets asked at each connection, which goes to the first port that takes it
   */
  static async open(targets: () => readonly number[], port = 0): Promise<Gate> {
    const server = createServer({ pauseOnConnect: true })
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
    return new Gate(server, targets)
  }

  /** The same at once, on a free port, for targets that are not there yet: it is deaf. */
  static deaf(targets: () => readonly number[]): Gate {
    const server = createServer({ pauseOnConnect: true })
    server.listen(0, '127.0.0.1')
    const gate = new Gate(server, targets)
    gate.set('deaf')
    return gate
  }

  set(mode: Mode): void {
    if (mode === this.#mode) return
    this.#mode = mode
    if (mode === 'cut') this.drop()
    for (const [from, to] of this.#ways) {
      if (mode === 'deaf') {
        from.unpipe(to)
        to.unpipe(from)
      } else if (mode === 'open') {
        from.pipe(to)
        to.pipe(from)
      }
    }
    if (mode === 'deaf') return
    for (const socket of this.#waiting) this.#take(socket)
    this.#waiting.clear()
  }

  /** Ends what goes through it, without a goodbye; who comes then is let in. */
  drop(): void {
    for (const way of this.#ways) for (const socket of way) socket.destroy()
  }

  stop(): void {
    this.set('cut')
    this.#server.close()
  }

  #take(socket: Socket): void {
    socket.on('error', () => socket.destroy())
    if (this.#mode === 'cut') socket.destroy()
    else if (this.#mode === 'deaf') this.#waiting.add(socket)
    else this.#lead(socket, this.#targets())
  }

  #lead(from: Socket, [port, ...others]: readonly number[]): void {
    if (port === undefined) return void from.destroy()
    const to = connect(port, '127.0.0.1')
    let isThere = false
    to.on('connect', () => {
      isThere = true
      from.setNoDelay(true)
      to.setNoDelay(true)
      const way = [from, to] as const
      this.#ways.add(way)
      const end = (): void => {
        this.#ways.delete(way)
        from.destroy()
        to.destroy()
      }
      from.on('close', end)
      to.on('close', end)
      if (this.#mode === 'cut' || from.destroyed) return end()
      if (this.#mode === 'deaf') return
      from.pipe(to)
      to.pipe(from)
    })
    to.on('error', () => {
      if (isThere) return
      if (this.#mode === 'open') this.#lead(from, others)
      else from.destroy()
    })
  }
}
