import type { Attack } from './attack.ts'
import {
  emptyAndText,
  flippedBits,
  hugeNumbers,
  randomFrames,
  truncatedFrames,
} from './broken-bytes.ts'
import {
  deleteRanges,
  equivocation,
  farAhead,
  farDeletes,
  gapFlood,
  largeUpdates,
  manyClients,
  manyRoots,
  questionFlood,
  updateFlood,
} from './broken-content.ts'
import { awarenessBomb, awarenessFlood } from './broken-presence.ts'
import { brokenFraming, controlFlood, fragments, halfHandshakes } from './broken-sockets.ts'
import { brokenComments, brokenTalk, talkFlood } from './broken-talk.ts'
import { comeAndGo, manyDocuments, pathTricks, requestTricks } from './broken-visits.ts'

/** Bytes that are no frames. */
export const byteAttacks: readonly Attack[] = [
  randomFrames,
  truncatedFrames,
  flippedBits,
  hugeNumbers,
  emptyAndText,
]

/** Sockets that do not behave. */
export const socketAttacks: readonly Attack[] = [
  fragments,
  brokenFraming,
  controlFlood,
  halfHandshakes,
]

/** Sound frames with content that harms. */
export const contentAttacks: readonly Attack[] = [
  equivocation,
  farAhead,
  farDeletes,
  deleteRanges,
  gapFlood,
  manyClients,
  manyRoots,
  updateFlood,
  largeUpdates,
  questionFlood,
]

export const presenceAttacks: readonly Attack[] = [awarenessBomb, awarenessFlood]

/** Too many visits, and visits under false names. */
export const visitAttacks: readonly Attack[] = [comeAndGo, manyDocuments, pathTricks, requestTricks]

/** What is said beside a document. */
export const talkAttacks: readonly Attack[] = [brokenTalk, talkFlood, brokenComments]

/** All of them. */
export const attacks: readonly Attack[] = [
  ...byteAttacks,
  ...socketAttacks,
  ...contentAttacks,
  ...presenceAttacks,
  ...visitAttacks,
  ...talkAttacks,
]
