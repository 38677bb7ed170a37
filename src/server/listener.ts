import type { Server, WebSocketHandler } from 'bun'
import { type Certificate, type CertificateFiles, readCertificate } from './certificate.ts'
import type { SocketData } from '../connection/socket-data.ts'

/** What a listener serves: the handlers of a ytopic. */
export interface Served {
  readonly fetch: (
    request: Request,
    server: Server<SocketData>,
  ) => Response | undefined | Promise<Response>
  readonly websocket: WebSocketHandler<SocketData>
  /** Sends the clients of a server that listens no more to the one in its place. */
  readonly retire: (server: Server<SocketData>) => Promise<void>
}

/** Where to listen, and how. */
export interface ListenerOptions {
  readonly hostname: string
  /** 0 takes a free port. */
  readonly port: number
  /** Without a certificate it listens in the clear. */
  readonly certificate: CertificateFiles | undefined
  readonly limits: { readonly request_body_bytes_max: number; readonly request_idle_ms_max: number }
  readonly served: Served
}

/** The socket on which clients arrive. */
export class Listener {
  readonly #options: ListenerOptions
  #server: Server<SocketData>

  private constructor(options: ListenerOptions, server: Server<SocketData>) {
    this.#options = options
    this.#server = server
  }

  /**
   * Begins to listen.
   * @throws Error where the certificate cannot be used, or as `Bun.serve` where the port cannot.
   */
  static async open(options: ListenerOptions): Promise<Listener> {
    const { certificate, port } = options
    const read = certificate === undefined ? undefined : await readCertificate(certificate)
    return new Listener(options, listen(options, port, read))
  }

  /** The address under which clients find it. */
  get url(): URL {
    return this.#server.url
  }

  /**
   * Takes the certificate from its files anew. Bun cannot change it in a server that listens, so
   * another takes its place on the same port, and the clients of the old one are sent there, spread
   * over time; until the last has gone both are served as one.
   * @returns what the files say now; undefined where there are none
   * @throws Error when they cannot be used: then everything stays as it was.
   */
  async reload(): Promise<Certificate | undefined> {
    const { certificate, served } = this.#options
    if (certificate === undefined) return undefined
    const read = await readCertificate(certificate)
    const before = this.#server
    const port = before.port ?? this.#options.port
    // Bun may refuse what was read well: it is tried where nobody is in the way.
    await listen(this.#options, 0, read).stop(true)
    // It keeps its connections and hears of no new ones.
    const stopped = before.stop()
    this.#server = listen(this.#options, port, read)
    await served.retire(before)
    await before.stop(true)
    await stopped
    return read
  }

  /** Listens no more; what is connected goes on. */
  async stop(): Promise<void> {
    await this.#server.stop()
  }

  /** Ends what is still connected; what was not sent yet is lost. */
  async cut(): Promise<void> {
    await this.#server.stop(true)
  }
}

function listen(
  { hostname, limits, served }: ListenerOptions,
  port: number,
  certificate: Certificate | undefined,
): Server<SocketData> {
  const { fetch, websocket } = served
  const tls =
    certificate === undefined ? {} : { tls: { cert: certificate.cert, key: certificate.key } }
  return Bun.serve({
    ...tls,
    hostname,
    port,
    fetch,
    websocket,
    // Else a fault is answered with our source.
    development: false,
    // Else Bun lets a second process listen on the same port, and each gets some of the clients.
    reusePort: false,
    maxRequestBodySize: limits.request_body_bytes_max,
    idleTimeout: Math.ceil(limits.request_idle_ms_max / 1_000),
  })
}
