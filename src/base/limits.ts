/** Every limit, with its unit in its name. Passing one gets a refusal of base/errors.ts. */
export interface Limits {
  /** Largest WebSocket frame taken from a client. */
  readonly frame_bytes_max: number
  /** Largest stored form of one document. */
  readonly document_bytes_max: number
  /** Sessions in one document. */
  readonly room_sessions_max: number
  /** WebSocket connections of this server. */
  readonly connections_max: number
  /** Documents that one connection may have open, where its protocol carries many. */
  readonly connection_addresses_max: number
  /** Time in which a client has to show a token, where one is needed. */
  readonly token_wait_ms_max: number
  /** Bytes of frames that wait while documents open, for one connection. */
  readonly opening_queue_bytes_max: number
  /** Unsent bytes at which a client is taken off the topic until it has drained. */
  readonly backpressure_soft_bytes: number
  /** Unsent bytes at which a client is disconnected. */
  readonly backpressure_hard_bytes: number
  /** Differences above this go out in pieces. */
  readonly whole_step2_bytes_max: number
  /** A piece of a large difference has at least this many bytes. */
  readonly piece_bytes_min: number
  /** Bytes that wait for the store before writers are turned away. */
  readonly journal_bytes_max: number
  /** Least time between the starts of two commits. */
  readonly commit_interval_ms: number
  /** First wait after a failed commit; doubles with each further one. */
  readonly store_retry_ms_min: number
  /** Longest wait after a failed commit. */
  readonly store_retry_ms_max: number
  /** A room with nobody in it is closed after this time. */
  readonly room_idle_ms_max: number
  /** Updates after the snapshot at which a document is compacted. */
  readonly tail_updates_max: number
  /** Bytes after the snapshot at which a document is compacted, if above half the snapshot. */
  readonly tail_bytes_max: number
  /** One client's awareness state as JSON. */
  readonly awareness_state_bytes_max: number
  /** Awareness entries in one document. */
  readonly awareness_entries_max: number
  /** Awareness clocks above this are refused: they could never be overwritten. */
  readonly awareness_clock_max: number
  /** An awareness entry that was not renewed for this long is removed. */
  readonly awareness_silence_ms_max: number
  /** Every open document gets an empty awareness frame this often, so that clients stay. */
  readonly keep_alive_ms: number
  /** Time between a denial and the close behind it (old clients return at once after a close). */
  readonly deny_delay_ms: number
  /** Time in which a leaving server spreads its closes. */
  readonly drain_spread_ms: number
  /** Time after which a leaving server goes, whatever still waits. */
  readonly drain_ms_max: number
  /** Structs in one update. */
  readonly update_structs_max: number
  /** Clients in one update. */
  readonly update_clients_max: number
  /** Delete ranges in one update. */
  readonly update_deletes_max: number
  /** Nesting of a JSON-like value in an update. */
  readonly value_depth_max: number
  /** Clocks by which a delete range may run ahead of what is known of its client. */
  readonly delete_ahead_max: number
}

const kib = 1024
const mib = 1024 * kib

/** Safe for a server of a few thousand connections and a gigabyte of memory. */
export const defaultLimits: Limits = Object.freeze({
  frame_bytes_max: 16 * mib,
  document_bytes_max: 256 * mib,
  room_sessions_max: 10_000,
  connections_max: 100_000,
  connection_addresses_max: 1_000,
  token_wait_ms_max: 15_000,
  opening_queue_bytes_max: 32 * mib,
  backpressure_soft_bytes: 1 * mib,
  backpressure_hard_bytes: 32 * mib,
  whole_step2_bytes_max: 1 * mib,
  piece_bytes_min: 256 * kib,
  journal_bytes_max: 256 * mib,
  commit_interval_ms: 4,
  store_retry_ms_min: 50,
  store_retry_ms_max: 5_000,
  room_idle_ms_max: 30_000,
  tail_updates_max: 2_000,
  tail_bytes_max: 256 * kib,
  awareness_state_bytes_max: 64 * kib,
  awareness_entries_max: 20_000,
  awareness_clock_max: 2 ** 40,
  awareness_silence_ms_max: 30_000,
  keep_alive_ms: 12_000,
  deny_delay_ms: 1_500,
  drain_spread_ms: 2_000,
  drain_ms_max: 9_000,
  update_structs_max: 10_000_000,
  update_clients_max: 1_000_000,
  update_deletes_max: 10_000_000,
  value_depth_max: 64,
  delete_ahead_max: 2 ** 24,
})
