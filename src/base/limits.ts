import type { RefusalKind } from './errors.ts'

/** One limit. Its name says its unit: bytes, milliseconds (`ms`), or a count of what it names. */
export interface Limit {
  readonly value: number
  /** Between which values an operator may set it; undefined for what is not theirs to change. */
  readonly range: readonly [min: number, max: number] | undefined
  /** What it bounds, for the operator; without a full stop. */
  readonly what: string
  /** What passing it is answered with; undefined where it refuses nobody. */
  readonly refusal: RefusalKind | undefined
}

const kib = 1024
const mib = 1024 * kib
const gib = 1024 * mib
const minute = 60_000

/** Every limit. The defaults suit a few thousand connections and a gigabyte of memory. */
export const limitTable = {
  frame_bytes_max: open(
    16 * mib,
    [kib, gib],
    'largest WebSocket frame taken from a client',
    'frame-too-large',
  ),
  document_bytes_max: open(
    256 * mib,
    [kib, 2 * gib],
    'largest stored form of one document',
    'document-full',
  ),
  room_sessions_max: open(10_000, [1, 1_000_000], 'sessions in one document', 'room-full'),
  connections_max: open(
    100_000,
    [1, 1_000_000],
    'WebSocket connections of this server',
    'server-full',
  ),
  connection_addresses_max: open(
    1_000,
    [1, 1_000_000],
    'documents that one connection may have open, where its protocol carries many',
    'too-many-documents',
  ),
  token_wait_ms_max: open(
    15_000,
    [100, 10 * minute],
    'time in which a client has to show a token, where one is needed',
    'permission-denied',
  ),
  grant_grace_ms_max: open(
    30_000,
    [0, 10 * minute],
    'time for which access stands that is to be decided about again, and cannot be',
    'authority-unavailable',
  ),
  webhook_ms_max: open(
    5_000,
    [100, minute],
    "time in which the owner's endpoint has to decide",
    'authority-unavailable',
  ),
  webhook_requests_max: open(
    64,
    [1, 10_000],
    "questions to the owner's endpoint at one time",
    'authority-unavailable',
  ),
  webhook_entries_max: open(10_000, [0, 1_000_000], "kept answers of the owner's endpoint"),
  api_body_bytes_max: fixed(64 * kib, "body of a request to the operator's API", 'body-too-large'),
  revocations_max: fixed(100_000, 'revocations that are remembered', 'too-many-revocations'),
  opening_queue_bytes_max: open(
    32 * mib,
    [kib, 2 * gib],
    'bytes of frames that wait while documents open, for one connection',
    'queue-full',
  ),
  backpressure_soft_bytes: open(
    mib,
    [kib, gib],
    'unsent bytes at which a client is taken off the topic until it has drained',
  ),
  backpressure_hard_bytes: open(
    32 * mib,
    [64 * kib, 2 * gib],
    'unsent bytes at which a client is disconnected',
  ),
  whole_step2_bytes_max: fixed(mib, 'differences above this go out in pieces'),
  piece_bytes_min: fixed(256 * kib, 'A piece of a large difference has at least this many bytes'),
  journal_bytes_max: open(
    256 * mib,
    [mib, 8 * gib],
    'bytes that wait for the store before writers are turned away',
    'store-unavailable',
  ),
  commit_interval_ms: open(4, [0, 1_000], 'least time between the starts of two commits'),
  store_retry_ms_min: open(
    50,
    [1, minute],
    'first wait after a failed commit; doubles with each further one',
  ),
  store_retry_ms_max: open(5_000, [1, 10 * minute], 'longest wait after a failed commit'),
  room_idle_ms_max: open(
    30_000,
    [0, 1_440 * minute],
    'a document that nobody has open is closed after this time',
  ),
  tail_updates_max: open(
    2_000,
    [1, 1_000_000],
    'updates after the snapshot at which a document is compacted',
  ),
  tail_bytes_max: open(
    256 * kib,
    [kib, gib],
    'bytes after the snapshot at which a document is compacted, if above half the snapshot',
  ),
  awareness_state_bytes_max: open(
    64 * kib,
    [64, 16 * mib],
    "one client's awareness state as JSON",
    'bad-awareness',
  ),
  awareness_entries_max: open(
    20_000,
    [1, 1_000_000],
    'awareness entries in one document',
    'awareness-full',
  ),
  awareness_clock_max: fixed(
    2 ** 40,
    'awareness clocks above this could never be overwritten',
    'bad-awareness',
  ),
  awareness_silence_ms_max: fixed(
    30_000,
    'an awareness entry that was not renewed for this long is removed',
  ),
  keep_alive_ms: open(
    12_000,
    [1_000, 25_000],
    'quiet clients get a frame without content this often, so that they stay',
  ),
  deny_delay_ms: open(
    1_500,
    [0, minute],
    'time between a denial and the close behind it (old clients return at once after a close)',
  ),
  drain_spread_ms: open(2_000, [0, minute], 'time in which a leaving server spreads its closes'),
  drain_ms_max: open(
    9_000,
    [100, 10 * minute],
    'time after which a leaving server goes, whatever still waits',
  ),
  update_structs_max: fixed(10_000_000, 'structs in one update', 'bad-update'),
  update_clients_max: fixed(1_000_000, 'clients in one update', 'bad-update'),
  update_deletes_max: fixed(10_000_000, 'delete ranges in one update', 'bad-update'),
  value_depth_max: fixed(64, 'nesting of a JSON-like value in an update', 'bad-update'),
  delete_ahead_max: fixed(
    2 ** 24,
    'clocks by which a delete range may run ahead of what is known of its client',
    'bad-update',
  ),
} as const satisfies Record<string, Limit>

/** The name of a limit. */
export type LimitName = keyof typeof limitTable

/** A value for every limit. Passing one gets a refusal of base/errors.ts. */
export type Limits = { readonly [Name in LimitName]: number }

/** All names, in the order of the table. */
export const limitNames: readonly LimitName[] = Object.keys(limitTable).filter(isLimitName)

/** Every limit at its default, with what is given instead. */
export function limitsWith(given: Partial<Limits> = {}): Limits {
  const limits: Partial<Record<LimitName, number>> = {}
  for (const name of limitNames) limits[name] = given[name] ?? limitTable[name].value
  if (!isWhole(limits)) throw new TypeError('a limit has no value')
  return Object.freeze(limits)
}

export const defaultLimits: Limits = limitsWith()

function isLimitName(name: string): name is LimitName {
  return Object.hasOwn(limitTable, name)
}

function isWhole(limits: Partial<Limits>): limits is Limits {
  return limitNames.every((name) => limits[name] !== undefined)
}

function open(
  value: number,
  range: readonly [min: number, max: number],
  what: string,
  refusal?: RefusalKind,
): Limit {
  return { value, range, what, refusal }
}

function fixed(value: number, what: string, refusal?: RefusalKind): Limit {
  return { value, range: undefined, what, refusal }
}
