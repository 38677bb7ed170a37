import type { Subject } from '../servers.ts'

/** How long things may take. */
export interface Pace {
  readonly warmMs: number
  readonly runMs: number
  readonly quick: boolean
}

/** What came of one row on one server in one round. */
export interface Measured {
  /** In the row's unit. */
  readonly value: number
  /** A second figure that the row tells, in its own unit. */
  readonly second?: number
  readonly notes: Readonly<Record<string, number | string>>
}

/** What is held against the goal. */
export type Goal =
  /** Times the bare relay's value in the same round; `second` likewise. */
  | { readonly kind: 'ratio'; readonly most: number; readonly secondMost?: number }
  /** The value itself; `second` likewise. */
  | { readonly kind: 'most'; readonly most: number; readonly secondMost?: number }
  /** Times `second`. */
  | { readonly kind: 'self'; readonly most: number }
  | { readonly kind: 'least'; readonly least: number }

/** One kind of work, done by one server after the other. */
export interface Row {
  readonly name: string
  /** What is done. */
  readonly work: string
  /** What the value is; `second` after a semicolon. */
  readonly unit: string
  readonly goal: Goal
  /** Servers that have no part in it, by name. */
  readonly without?: readonly string[]
  readonly rounds?: number
  readonly run: (subject: Subject, pace: Pace) => Promise<Measured>
}

export function round(value: number, digits = 3): number {
  const scale = 10 ** digits
  return Math.round(value * scale) / scale
}
