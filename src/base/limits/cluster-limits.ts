import { fixed, type Limit, minute, open } from './limit.ts'

/** Limits of what several servers on one store do. */
export const clusterLimits = {
  heads_poll_ms: open(
    200,
    [10, minute],
    'how often a store that several servers share is asked what the others have written',
  ),
  heads_check_ms: open(
    5_000,
    [100, 10 * minute],
    'the same while a bus tells what the others write',
  ),
  server_beat_ms: fixed(1_000, 'how often a server tells the others that it lives'),
  // It is looked at with each beat, so that whoever was on a dead server is gone after 7 to 9 s.
  server_silence_ms_max: open(
    8_000,
    [2_000, 10 * minute],
    'time after which the people of a server that is not heard any more are taken for gone',
  ),
  handover_ms_max: open(
    5_000,
    [0, minute],
    'time in which clients that a leaving server sent away may come back before others see them go',
  ),
  store_elsewhere_ms_max: open(
    5_000,
    [0, 10 * minute],
    'time after which a server without the store that another one has sends its clients there',
  ),
  bus_silence_ms_max: fixed(
    3_000,
    'time in which a server has to hear itself, before it connects to the bus anew',
  ),
} as const satisfies Record<string, Limit>
