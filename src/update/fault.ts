/** Why an update is refused. One kind, one sentence. */
const sentences = {
  'too-large': 'The update has more bytes than the limit.',
  'too-many-structs': 'The update has more structs than the limit.',
  'too-many-clients': 'The update names more clients than the limit.',
  'too-many-deletes': 'The update has more delete ranges than the limit.',
  'too-deep': 'The update nests values deeper than the limit.',
  truncated: 'The update ends in the middle.',
  'left-over': 'The update has bytes after its end.',
  number: 'The update has a number of more than 53 bits.',
  'empty-struct': 'The update has a struct of length zero.',
  'empty-delete': 'The update has a delete range of length zero.',
  clock: 'The update has a clock beyond 2^40.',
  'client-twice': 'The update names one client twice.',
  reference: 'The update has a struct that refers to itself or to its own future.',
  content: 'The update has a kind of content that is not known.',
  text: 'The update has text that is not valid UTF-8.',
  json: 'The update has JSON that does not parse.',
  value: 'The update has a value that cannot be read or written again.',
} as const

export type UpdateFaultKind = keyof typeof sentences

/** An expected refusal of an update. Frozen; one object for each kind. */
export interface UpdateFault {
  readonly kind: UpdateFaultKind
  readonly sentence: string
}

const faults = new Map<UpdateFaultKind, UpdateFault>()

/**
 * The fault of a kind.
 * @returns always the same frozen object for the same kind
 */
export function updateFault(kind: UpdateFaultKind): UpdateFault {
  let fault = faults.get(kind)
  if (fault === undefined) {
    fault = Object.freeze({ kind, sentence: sentences[kind] })
    faults.set(kind, fault)
  }
  return fault
}

/** How much one update may hold. */
export interface UpdateLimits {
  /** Bytes of the whole update. */
  readonly bytesMax: number
  /** Structs of all clients together, Skips included. */
  readonly structsMax: number
  /** Clients in the struct part, and clients in the delete set. */
  readonly clientsMax: number
  /** Ranges of the delete set. */
  readonly deletesMax: number
  /** Levels of arrays and objects inside one value. */
  readonly depthMax: number
}

/**
 * What is stored and what was checked when it came is read by these: what no configuration changes
 * and only the format and Yjs itself demand. Counts need no bound here, as the bytes bound them.
 */
export const formatLimits: UpdateLimits = {
  bytesMax: Infinity,
  structsMax: Infinity,
  clientsMax: Infinity,
  deletesMax: Infinity,
  // Values are read by recursion, here and in Yjs.
  depthMax: 1_000,
}

/** Clocks, lengths and their sums stay at or under this. */
export const clockMax = 2 ** 40
