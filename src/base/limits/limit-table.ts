import { clusterLimits } from './cluster-limits.ts'
import { chatLimits, commentLimits } from './chat-limits.ts'
import { eventLimits } from './event-limits.ts'
import { fixed, gib, kib, type Limit, mib, minute, open } from './limit.ts'
import { trafficLimits } from './traffic-limits.ts'

/** Every limit. The defaults suit a few thousand connections and a gigabyte of memory. */
export const limitTable = {
  ...trafficLimits,
  ...eventLimits,
  ...clusterLimits,
  ...chatLimits,
  ...commentLimits,
  document_bytes_max: open(
    256 * mib,
    [kib, 2 * gib],
    'largest stored form of one document',
    'document-full',
  ),
  whole_step2_bytes_max: fixed(
    mib,
    'a client that lacks more than this is told in pieces, or waits for its turn',
  ),
  piece_bytes_min: fixed(256 * kib, 'a piece of a large difference has at least this many bytes'),
  documents_bytes_max: open(
    gib,
    [mib, 1024 * gib],
    'bytes of all open documents, with the presence in them, together',
    'memory-full',
  ),
  shared_frames_bytes_max: open(
    64 * mib,
    [0, 2 * gib],
    'bytes of large documents, with their frames, that are kept for a second for others who join',
  ),
  journal_pause_bytes: open(
    32 * mib,
    [64 * kib, 8 * gib],
    'bytes that wait for the store before those who write much are read no further for a while',
  ),
  journal_bytes_max: open(
    256 * mib,
    [mib, 8 * gib],
    'bytes that wait for the store before writers are turned away',
    'store-unavailable',
  ),
  commit_interval_ms: open(16, [0, 1_000], 'least time between the starts of two commits'),
  store_retry_ms_min: open(
    50,
    [1, minute],
    'first wait after a failed commit; doubles with each further one',
  ),
  store_retry_ms_max: open(1_000, [1, 10 * minute], 'longest wait after a failed commit'),
  store_silence_ms_max: open(
    5_000,
    [100, 10 * minute],
    'time in which the store has to answer a write, before the server says that it is silent',
  ),
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
  fold_ms_max: open(
    20_000,
    [100, 10 * minute],
    'time in which a document has to be folded; after it the document is served from its log',
  ),
  fold_memory_bytes_max: open(
    3 * gib,
    [64 * mib, 64 * gib],
    'memory that folding a document may take, as it is estimated before',
  ),
  fold_small_bytes_max: fixed(
    64 * kib,
    'documents up to this are folded by a thread of their own, beside the larger ones',
  ),
  fold_retry_ms_min: open(
    10 * minute,
    [0, 1_440 * minute],
    'time after which a document is tried again that took too long or too much to fold',
  ),
  history_ms_max: open(
    10_000,
    [100, 10 * minute],
    'time in which a version has to be made, read or restored; after it that is refused',
    'history-failed',
  ),
  history_bytes_min: open(
    5 * mib,
    [0, 64 * gib],
    'versions of a document may take this, or 20 times its size; then the oldest automatic ones go',
  ),
  version_interval_ms: open(
    10 * minute,
    [1_000, 1_440 * minute],
    'time of editing after which a version is made',
  ),
  version_quiet_ms: open(
    2 * minute,
    [1_000, 1_440 * minute],
    'time without an edit after which a version of a changed document is made',
  ),
  conversion_ms_max: open(
    5_000,
    [100, 10 * minute],
    'time in which a document has to be read or changed in another form than its updates',
    'bad-content',
  ),
  conversions_waiting_max: open(
    64,
    [1, 10_000],
    'conversions that wait or are made, for the whole server',
    'conversions-full',
  ),
  replica_bytes_max: open(
    16 * mib,
    [kib, 2 * gib],
    'size of a document up to which `transact` makes a copy of it for the program',
    'replica-too-large',
  ),
  replica_idle_ms_max: open(
    minute,
    [0, 1_440 * minute],
    'time after which such a copy that is not used is let go of',
  ),
  agent_sessions_max: open(
    1_000,
    [1, 100_000],
    'agents that talk to this server over HTTP at the same time',
    'server-full',
  ),
  agent_idle_ms_max: open(
    30 * minute,
    [1_000, 1_440 * minute],
    'time after which an agent that says nothing has to begin anew',
  ),
  agent_presence_ms: open(
    minute,
    [1_000, 60 * minute],
    'time for which an agent is seen in a document that it has read or changed',
  ),
  hook_ms_max: open(
    10_000,
    [10, 10 * minute],
    'time in which `onLoad` has to answer; after it the document is not opened',
    'hook-failed',
  ),
  awareness_state_bytes_max: open(
    64 * kib,
    [64, 16 * mib],
    "one client's awareness state as JSON; a larger one is not shown",
  ),
  awareness_entries_max: open(
    20_000,
    [1, 1_000_000],
    'awareness entries in one document; one more is not shown',
  ),
  awareness_bytes_max: open(
    32 * mib,
    [kib, gib],
    'awareness states of one document together; what passes it is not shown',
  ),
  awareness_clock_max: fixed(
    2 ** 40,
    'awareness clocks above this could never be overwritten; such a state is not shown',
  ),
  awareness_silence_ms_max: fixed(
    30_000,
    'an awareness entry that was not renewed for this long is removed',
  ),
  awareness_batch_sessions_min: open(
    64,
    [2, 1_000_000],
    'sessions in one document from which on presence goes out in batches',
  ),
  awareness_batch_ms: open(
    40,
    [1, 1_000],
    'time for which the presence of such a document is gathered into one batch',
  ),
  drain_spread_ms: open(2_000, [0, minute], 'time in which a leaving server spreads its closes'),
  drain_ms_max: open(
    9_000,
    [100, 10 * minute],
    'time after which a leaving server ends, whatever still waits',
  ),
  log_lines_per_second_max: open(100, [1, 100_000], 'lines of the log; more are counted'),
  document_waiting_updates_max: open(
    500,
    [1, 100_000],
    'updates that are taken while some stand on what is not here',
    'too-many-gaps',
  ),
  document_gaps_max: fixed(1_000, 'gaps in the clocks of a document', 'too-many-gaps'),
  document_delete_ranges_max: open(
    500_000,
    [1, 100_000_000],
    'ranges of deleted clocks in one document',
    'document-full',
  ),
  document_clients_max: open(
    1_000_000,
    [1, 1_000_000],
    'client ids in one document',
    'document-full',
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
