import { audienceOf } from './api/events/audience.ts'
import { Catalog } from './api/catalog.ts'
import { type EditParts, Edits } from './api/edits.ts'
import { Comments, type CommentsParts } from './api/talk/comments.ts'
import { revokeHere } from './api/revoke.ts'
import type { SessionViews } from './api/session-view.ts'
import type { Journal } from './storage/journal.ts'
import type { Events } from './events/events.ts'
import { AuthSetupError } from './auth/auth-setup-error.ts'
import type { Authority } from './auth/authority.ts'
import { KeptRevocations, type KeptRevocationsParts } from './auth/kept-revocations.ts'
import { type Chance, systemChance } from './base/chance.ts'
import { type Clock, systemClock, systemWallClock, type WallClock } from './base/clock.ts'
import { type LimitOptions, type Limits, limitsFrom } from './base/limits/limits.ts'
import { calmLog, type Log, standardLog } from './base/log.ts'
import { Metrics } from './base/metrics.ts'
import type { Bus } from './cluster/bus.ts'
import { Cluster } from './cluster/cluster.ts'
import { Origins } from './http/origins.ts'
import type { Pages } from './http/pages.ts'
import { TrustedProxies } from './http/proxies.ts'
import { Schedule } from './room/schedule.ts'
import type { RoomsObserver } from './room/room-parts.ts'
import type { ContentOptions } from './ydoc/content/content-options.ts'
import { createConverter } from './ydoc/converter.ts'
import { createFolder, type Folder } from './ydoc/folder.ts'
import { createHistorian } from './ydoc/historian.ts'
import type { Fold } from './ydoc/request.ts'
import { areComments } from '../persistence/companion.ts'
import type { Rooms } from './room/rooms.ts'
import type { Standing, Stored } from '../persistence/store.ts'

/** Time, limits, log, the other servers and whose word counts, of what a ytopic is made with. */
interface BasicOptions {
  readonly authority: Authority
  readonly bus?: Bus | undefined
  readonly chance?: Chance | undefined
  readonly enforceIdentity?: boolean | undefined
  readonly clock?: Clock | undefined
  readonly limits?: LimitOptions | undefined
  readonly log?: Log | undefined
  readonly wallClock?: WallClock | undefined
}

/** What requests are judged by, of what a ytopic is made with. */
interface RequestOptions {
  readonly loopbackOnly?: boolean | undefined
  readonly origins?: readonly string[] | undefined
  readonly pages?: Pages | undefined
  readonly tokenCookie?: string | undefined
  readonly trustedProxies?: readonly string[] | undefined
}

/** What the types say is said again to programs without any: they would be open to everybody. */
function demandAuthority({ authority }: { readonly authority?: Authority }): void {
  if (typeof authority?.decide === 'function') return
  throw new AuthSetupError(
    'createYtopic needs an authority, which decides who may do what; ' +
      "anonymous('write') of ytopic/anonymous lets everybody do everything.",
  )
}

/**
 * What everything works with.
 * @throws AuthSetupError without an authority
 */
export function basicsOf(options: BasicOptions) {
  demandAuthority(options)
  const clock = options.clock ?? systemClock
  const limits = limitsFrom(options.limits)
  const basics = {
    clock,
    wallClock: options.wallClock ?? systemWallClock,
    chance: options.chance ?? systemChance,
    limits,
    log: calmLog(options.log ?? standardLog, limits.log_lines_per_second_max, clock),
    metrics: new Metrics(),
    enforceIdentity: (options.enforceIdentity ?? true) && options.authority.asksNobody !== true,
  }
  const { bus } = options
  return { ...basics, cluster: bus && new Cluster({ ...basics, bus }) }
}

/** Access that is taken back. @param whose it is on this server, which comes to be after it */
export function revocationsOf(
  parts: Omit<KeptRevocationsParts, 'apply'>,
  whose: () => Parameters<typeof revokeHere>[0],
): KeptRevocations {
  return new KeptRevocations({ ...parts, apply: (what, at) => revokeHere(whose(), what, at) })
}

/** Who folds, and how content is read, of what a ytopic is made with. */
interface ThreadOptions {
  readonly content?: ContentOptions | undefined
  readonly fold?: Fold | undefined
}

/** What works on documents beside the relay. */
export function threadsOf(
  { content, fold }: ThreadOptions,
  parts: { readonly clock: Clock; readonly limits: Limits },
) {
  const historian = createHistorian(parts)
  return {
    historian,
    folder: borrowed(fold) ?? createFolder(parts),
    converter: createConverter({ ...parts, content }),
    // Who folds in their own way keeps what was told of authors before.
    attribute: fold ? undefined : (of: Stored) => historian.attribute(of),
  }
}

/** What folding has to know of the open documents, which come to be after it. */
export function followingOf(rooms: () => Rooms) {
  return {
    caughtUp: (document: string): Promise<void> => rooms().caughtUp(document),
    isWhole: (document: string, stored: Standing): Promise<boolean> =>
      rooms().isWhole(document, stored),
  }
}

/** Somebody else's way to fold, which is theirs to end. */
function borrowed(fold: Fold | undefined): Folder | undefined {
  return fold && { fold, close: () => Promise.resolve() }
}

/** What requests are judged and answered with, besides. */
export function requestParts(options: RequestOptions) {
  const { loopbackOnly = false, origins = [], tokenCookie, trustedProxies = [] } = options
  const pages: Pages = options.pages ?? new Map()
  return {
    tokenCookie,
    pages,
    origins: new Origins(origins, loopbackOnly),
    proxies: new TrustedProxies(trustedProxies),
  }
}

/**
 * When versions are made by themselves, when it is told that a document has changed, and who is
 * told of those who come and go.
 */
export function observersOf(
  limits: Limits,
  keep: (document: string) => void,
  { events, journal }: { readonly events: Events | undefined; readonly journal: Journal },
  views: SessionViews,
): readonly RoomsObserver[] {
  const { event_interval_ms, event_quiet_ms, version_interval_ms, version_quiet_ms } = limits
  return [
    new Schedule({ intervalMs: version_interval_ms, quietMs: version_quiet_ms }, keep),
    // What the room has taken is a change for the outbox as soon as it is stored.
    new Schedule({ intervalMs: event_interval_ms, quietMs: event_quiet_ms }, (document) =>
      journal.afterAppended(() => events?.changes.tell(document)),
    ),
    audienceOf(events?.feed, views),
  ]
}

/** An ear for documents, which hears nothing of their comments. */
export function ofDocuments(ear: RoomsObserver): RoomsObserver {
  return {
    looked(document, ...rest) {
      if (!areComments(document)) ear.looked?.(document, ...rest)
    },
    closed(document, position) {
      if (!areComments(document)) ear.closed?.(document, position)
    },
    joined(document, session) {
      if (!areComments(document)) ear.joined?.(document, session)
    },
    left(document, session, isSentAway) {
      if (!areComments(document)) ear.left?.(document, session, isSentAway)
    },
  }
}

/** Documents as they are asked for, whether they are open or not, and what is said of them. */
export function accessTo(parts: EditParts & Omit<CommentsParts, 'catalog' | 'edits'>) {
  const catalog = new Catalog(parts)
  const edits = new Edits(parts, catalog)
  return { catalog, edits, comments: new Comments({ ...parts, catalog, edits }) }
}
