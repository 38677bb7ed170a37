import * as runner from 'bun:test'
import { createYtopic, serve } from 'ytopic'
import type {
  Access,
  Authority,
  Certificate,
  CertificateFiles,
  Clock,
  CommonOptions,
  Fold,
  Folded,
  Grant,
  LimitOptions,
  Log,
  MetricsSnapshot,
  Page,
  Pages,
  RequestFacts,
  Revocation,
  RunningServer,
  ServeOptions,
  SocketData,
  StatelessHandler,
  StatelessMessage,
  Stopped,
  TheirSockets,
  Verdict,
  WallClock,
  Who,
  Ytopic,
  YtopicOptions,
} from 'ytopic'
import { anonymous, withAnonymous } from 'ytopic/anonymous'
import { denied } from 'ytopic/authority'
import { createJwtAuthority, type JwtOptions } from 'ytopic/jwt'
import { createMemoryStore } from 'ytopic/memory'
import { openSqliteStore, type SqliteOptions } from 'ytopic/sqlite'
import { Batch, checkDocumentName, eachRecord, StoreError } from 'ytopic/store'
import type { LogEntry, Store, Stored, StoredSummary } from 'ytopic/store'
import { storeContract, type StoreStage, type TestRunner } from 'ytopic/testing'
import { createWebhookAuthority, type WebhookOptions } from 'ytopic/webhook'

// What a user writes around ytopic; it is compiled under every setting that users have.

/** Every type that an option, an answer or a callback mentions. */
export type Named = [
  [Access, Authority, Certificate, CertificateFiles, Clock, CommonOptions, Fold, Folded, Grant],
  [JwtOptions, LimitOptions, Log, LogEntry, MetricsSnapshot, Page, Pages, RequestFacts],
  [Revocation, RunningServer, ServeOptions, SqliteOptions, StatelessHandler, StatelessMessage],
  [Stopped, Stored, StoredSummary, TheirSockets<Mine>, Verdict, WallClock, WebhookOptions, Who],
  [YtopicOptions],
]

interface Mine {
  readonly name: string
}

const store: Store = createMemoryStore()

const authority: Authority = {
  needsToken: true,
  async decide(token, document, { ip, origin, headers }): Promise<Verdict> {
    if (token === undefined || headers.get('x-tenant') === ip) return denied('Sign in first.')
    const who: Who = { id: token, name: document, color: '#c0392b', claims: { origin } }
    return { kind: 'granted', grant: { access: 'write', who } }
  },
}

export const others: readonly (Authority | Promise<Authority>)[] = [
  withAnonymous(authority, 'read'),
  createJwtAuthority({ keys: { kind: 'secret', secret: 's' }, limits: { revocationsMax: 5 } }),
  createWebhookAuthority({ url: 'https://app.example/decide', limits: { authWebhookMsMax: 5 } }),
]

const onStateless: StatelessHandler = ({ document, text, who, reply, broadcast }) => {
  if (who?.name === undefined) reply('Who are you?')
  else broadcast(`${document}: ${text}`)
}

/** A server of one's own, with sockets and routes of its own. */
export function embed(): Ytopic {
  const limits: LimitOptions = { frameBytesMax: 1_048_576, connectionsMax: 100 }
  const ytopic = createYtopic({ store, authority, limits, onStateless })
  Bun.serve({ reusePort: false, fetch: ytopic.fetch, websocket: ytopic.websocket })
  Bun.serve<SocketData | Mine>({
    reusePort: false,
    routes: { '/mine': new Response('mine') },
    fetch(request, server) {
      if (!request.url.endsWith('/chat')) return ytopic.fetch(request, server)
      const upgraded = server.upgrade(request, { data: { name: 'ada' } })
      return upgraded ? undefined : new Response('no socket', { status: 400 })
    },
    websocket: ytopic.websocketWith<Mine>({
      message(socket, text) {
        socket.send(`${socket.data.name}: ${text.toString()}`)
      },
    }),
  })
  return ytopic
}

/** What must not compile. */
export function mistakes(ytopic: Ytopic): void {
  // @ts-expect-error somebody has to decide who may what
  createYtopic({ store })
  // @ts-expect-error limits are in camelCase
  createYtopic({ store, authority, limits: { frame_bytes_max: 1 } })
  // @ts-expect-error counters are ytopic's to count
  ytopic.metrics.connectionsOpened = 7
}

/** The shortest server. */
export async function shortest(): Promise<Stopped> {
  const server = await serve({ port: 0, data: './data', authority: anonymous('write') })
  const { written, pendingUpdates, pendingBytes } = await server.stop()
  return { written, pendingUpdates, pendingBytes }
}

export const opened: Promise<Store> = openSqliteStore({ directory: './data', durability: 'full' })

/** Tests of a store of one's own. */
export function tests(given: TestRunner = runner): void {
  const create = async (): Promise<StoreStage> => ({
    store,
    reopen: async () => store,
    dispose: () => store.close(),
  })
  storeContract(given, 'mine', create)
}

/** What a store of one's own uses. */
export function names(batch = new Batch()): readonly string[] {
  const found: string[] = []
  eachRecord(batch.records, (index) => found.push(batch.documents[index]?.name ?? ''))
  for (const name of found) checkDocumentName(name)
  if (found.length === 0) throw new StoreError('unavailable', 'The batch is empty.')
  return found
}
