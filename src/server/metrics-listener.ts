import { isLoopback } from '../base/loopback.ts'
import { describeError } from '../base/log.ts'
import { refuseRequest } from '../http/answers.ts'

/** Where metrics are told without a token. */
export interface MetricsAddress {
  /** `127.0.0.1`, this machine alone, unless told otherwise. */
  readonly hostname?: string | undefined
  /** 0 takes a free port. */
  readonly port: number
}

/** A listener that tells metrics and nothing else. */
export interface MetricsListener {
  readonly url: URL
  readonly stop: () => Promise<void>
}

/** The listener of metrics could not begin to listen; the sentence says where and why. */
export class MetricsListenerError extends Error {
  constructor(place: string, cause: unknown) {
    const isTaken = cause instanceof Error && 'code' in cause && cause.code === 'EADDRINUSE'
    const why = isTaken ? 'the port is taken; choose another' : describeError(cause)
    super(`The listener of metrics cannot listen on ${place}: ${why}.`, { cause })
    this.name = 'MetricsListenerError'
  }
}

/**
 * Listens for `GET /metrics` alone, and asks nobody for a token: who reaches the port may read.
 * @throws MetricsListenerError where the port cannot be used
 */
export function openMetricsListener(
  { hostname = '127.0.0.1', port }: MetricsAddress,
  answer: () => Promise<Response>,
): MetricsListener {
  const tell = async (request: Request): Promise<Response> => {
    const url = new URL(request.url)
    // A site could lead a name of its own to this machine, to read them in somebody's browser.
    if (isLoopback(hostname) && !isLoopback(url.hostname)) return refuseRequest('host-refused')
    if (url.pathname !== '/metrics') return refuseRequest('not-found')
    if (!['GET', 'HEAD'].includes(request.method)) {
      return refuseRequest('method-not-allowed', undefined, { allow: 'HEAD, GET' })
    }
    return answer()
  }
  try {
    const server = Bun.serve({
      hostname,
      port,
      fetch: tell,
      development: false,
      reusePort: false,
    })
    return { url: server.url, stop: () => server.stop(true) }
  } catch (error) {
    throw new MetricsListenerError(`${hostname}:${port}`, error)
  }
}
