import { anonymous } from './auth/anonymous.ts'
import { AuthSetupError } from './auth/auth-setup-error.ts'
import type { Authority } from './auth/authority.ts'
import { isLoopback } from './base/loopback.ts'
import { type CommonOptions, createYtopic, type Stopped, type Ytopic } from './create.ts'
import type { Certificate, CertificateFiles } from './server/certificate.ts'
import { Listener } from './server/listener.ts'
import {
  type MetricsAddress,
  type MetricsListener,
  openMetricsListener,
} from './server/metrics-listener.ts'
import { limitsFrom } from './base/limits/limits.ts'
import { openSqliteStore } from '../persistence/sqlite/store.ts'
import type { Store } from '../persistence/store.ts'

// The package's own face: what options and callbacks mention can be named by who writes them.
export { createYtopic }
export type { Authority, Certificate, CertificateFiles, CommonOptions, Stopped, Store, Ytopic }
export type { MetricsAddress }
export type { Bus, BusListener } from './cluster/bus.ts'
export type { Access } from './base/access.ts'
export type { Grant, RequestFacts, Revocation, Verdict, Who } from './auth/authority.ts'
export { RefusalError } from './base/errors.ts'
export type { RefusalKind } from './base/errors.ts'
export type { Chance } from './base/chance.ts'
export type { Cancel, Clock, WallClock } from './base/clock.ts'
export type { LimitOptions } from './base/limits/limits.ts'
export type { Log, LogFields } from './base/log.ts'
export type { LogEvent } from './base/log-events.ts'
export type { MetricsSnapshot } from './base/metrics.ts'
export type { YtopicOptions } from './create.ts'
export type { DocumentView } from './api/catalog.ts'
export type { Documents, NewDocument } from './documents/documents.ts'
export type { AnyDoc, ContentByFormat, ContentEdit } from './documents/open-document.ts'
export type { DocumentChange } from './documents/open-document.ts'
export type { OpenDocument, OpenOptions, RootOptions } from './documents/open-document.ts'
export type { AgentAsking, AgentEndpoint, AgentHost, AgentParts } from './documents/agent-host.ts'
export type { CreateAgentEndpoint } from './documents/agent-host.ts'
export type { DocumentChanged, Hooks, NewContent } from './documents/hooks.ts'
export type { SessionChanged, VersionMade } from './documents/hooks.ts'
export type { SessionView, UserView } from './api/session-view.ts'
export type { Restoration } from './history/history.ts'
export type { Page, Pages } from './http/pages.ts'
export type { ContentOptions } from './ydoc/content/content-options.ts'
export type {
  AttributeType,
  KnownMark,
  KnownNode,
  MarkMarkup,
  MarkupOptions,
  NodeMarkup,
  OwnNode,
  OwnWord,
  Synonym,
} from './ydoc/markup/markup-options.ts'
export type { StatelessHandler, StatelessMessage } from './room/stateless.ts'
export type { SocketData } from './connection/socket-data.ts'
export type { TheirSockets } from './server/their-sockets.ts'
export type { ConvertedFormat, RootKind, RootOf } from './ydoc/content/content-wish.ts'
export type { Culprit, Fold, Folded } from './ydoc/request.ts'

/** What `serve` takes; everything has a default. */
export interface ServeOptions extends CommonOptions {
  /** Address to listen on; `127.0.0.1`, this machine alone, unless told otherwise. */
  readonly hostname?: string | undefined
  /** Port to listen on; 1234 unless told otherwise, 0 for a free one. */
  readonly port?: number | undefined
  /** Directory in which SQLite keeps the documents; `./data` unless told otherwise. */
  readonly data?: string | undefined
  /** A store of one's own in its place; the caller opens it, `stop` closes it. */
  readonly store?: Store | undefined
  /** Who may do what. May be left out only where the server is this machine's alone. */
  readonly authority?: Authority | undefined
  /** Certificate and key to listen with TLS. */
  readonly certificate?: CertificateFiles | undefined
  /**
   * Tells `/metrics` without a token on a port of its own, which only the operator should reach; on
   * this machine unless a host is named. Beside that `adminToken` opens it on the other port.
   */
  readonly metricsListen?: MetricsAddress | undefined
}

/** A ytopic that listens. */
export interface RunningServer {
  /** The address under which clients find it. */
  readonly url: URL
  /** Where metrics are told without a token; undefined where they are not. */
  readonly metricsUrl: URL | undefined
  readonly ytopic: Ytopic
  /**
   * Takes the certificate from its files anew; clients of before are sent over to it.
   * @returns what the files say now; undefined where there is no certificate
   * @throws Error when they cannot be used: then everything stays as it was
   */
  readonly reloadCertificate: () => Promise<Certificate | undefined>
  /** Listens no more, and leaves as `Ytopic.stop` does. */
  readonly stop: () => Promise<Stopped>
}

/**
 * Serves: documents in a directory, on a port. Without an authority everybody may read and write,
 * which is why it then listens to this machine only.
 * @throws AuthSetupError where others could come and nobody decides about them
 * @throws StoreError where the directory cannot be used
 * @throws Error as `Bun.serve` where the port cannot be used; where the certificate cannot
 * @throws MetricsListenerError where the port for metrics cannot be used
 */
export async function serve(options: ServeOptions = {}): Promise<RunningServer> {
  const { certificate, durability = 'full', hostname = '127.0.0.1', port = 1234 } = options
  const { metricsListen } = options
  const loopbackOnly = isLoopback(hostname) && options.trustedProxies === undefined
  const authority = options.authority ?? everybodyOn(hostname, loopbackOnly, options.adminToken)
  const directory = options.data ?? './data'
  const store = options.store ?? (await openSqliteStore({ directory, durability }))
  const ytopic = createYtopic({ ...options, store, authority, durability, loopbackOnly })
  const limits = limitsFrom(options.limits)
  let listener: Listener | undefined
  let metrics: MetricsListener | undefined
  try {
    metrics = metricsListen && openMetricsListener(metricsListen, ytopic.tellMetrics)
    listener = await Listener.open({ hostname, port, certificate, limits, served: ytopic })
  } catch (error) {
    await Promise.all([metrics?.stop(), ytopic.stop()])
    throw error
  }
  return {
    get url() {
      return listener.url
    },
    metricsUrl: metrics?.url,
    ytopic,
    reloadCertificate: () => listener.reload(),
    async stop() {
      const deaf = listener.stop()
      const stopped = await ytopic.stop()
      // A client that does not take its close keeps nobody.
      await Promise.all([listener.cut(), metrics?.stop()])
      await deaf
      return stopped
    },
  }
}

function everybodyOn(
  hostname: string,
  loopbackOnly: boolean,
  adminToken: string | undefined,
): Authority {
  // Where an admin token is kept, deleting is its owner's.
  if (loopbackOnly) return anonymous(adminToken === undefined ? 'admin' : 'write')
  const where = isLoopback(hostname) ? 'Behind a proxy' : `On ${hostname}`
  throw new AuthSetupError(
    `${where} anybody could read and write everything: give serve() an authority; ` +
      `anonymous('write') of ytopic/anonymous allows it.`,
  )
}
