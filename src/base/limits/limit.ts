import type { RefusalKind } from '../errors.ts'

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

export const kib = 1024
export const mib = 1024 * kib
export const gib = 1024 * mib
/** In milliseconds. */
export const minute = 60_000

/** A limit that an operator may set between two values. */
export function open(
  value: number,
  range: readonly [min: number, max: number],
  what: string,
  refusal?: RefusalKind,
): Limit {
  return { value, range, what, refusal }
}

/** A limit that is not the operator's to change. */
export function fixed(value: number, what: string, refusal?: RefusalKind): Limit {
  return { value, range: undefined, what, refusal }
}
