import type { Goal, Measured, Row } from '../rows/row.ts'

/** What one server came to in one round. */
export type Result = Measured | { readonly failed: string }

/** A row and what came of it, by server's name, in each round. */
export interface Outcome {
  readonly row: Row
  readonly rounds: Map<string, Result>[]
}

export const yardstick = 'bare relay'

/** The middle value of all rounds; undefined when there is none. */
export function valueOf(outcome: Outcome, server: string): number | undefined {
  return median(measurements(outcome, server).map(({ value }) => value))
}

/** The middle second value. */
export function secondOf(outcome: Outcome, server: string): number | undefined {
  return median(measurements(outcome, server).flatMap(({ second }) => second ?? []))
}

/** How many times the bare relay's value, round by round; undefined without a bare relay. */
export function ratioOf(
  { rounds }: Outcome,
  server: string,
  which: 'value' | 'second' = 'value',
): number | undefined {
  const ratios = rounds.flatMap((round) => {
    const ours = round.get(server)
    const bare = round.get(yardstick)
    if (ours === undefined || bare === undefined || 'failed' in ours || 'failed' in bare) return []
    const [over, under] = [ours[which], bare[which]]
    return over === undefined || under === undefined || under === 0 ? [] : over / under
  })
  return median(ratios)
}

/** Why it failed, in the first round in which it did. */
export function failureOf({ rounds }: Outcome, server: string): string | undefined {
  for (const round of rounds) {
    const result = round.get(server)
    if (result !== undefined && 'failed' in result) return result.failed
  }
  return undefined
}

/** Whether a server reaches the row's goal; undefined when it was not measured. */
export function reaches(outcome: Outcome, server: string): boolean | undefined {
  const { goal } = outcome.row
  const value = valueOf(outcome, server)
  if (value === undefined) return undefined
  const second = secondOf(outcome, server)
  switch (goal.kind) {
    case 'ratio': {
      const within = (ratioOf(outcome, server) ?? Infinity) <= goal.most
      const { secondMost } = goal
      if (secondMost === undefined) return within
      return within && (ratioOf(outcome, server, 'second') ?? Infinity) <= secondMost
    }
    case 'most':
      return value <= goal.most && (second ?? 0) <= (goal.secondMost ?? Infinity)
    case 'self':
      return value / (second ?? Infinity) <= goal.most
    case 'least':
      return value >= goal.least
  }
}

/** The goal in words. */
export function goalWords(goal: Goal): string {
  switch (goal.kind) {
    case 'ratio': {
      const { most, secondMost } = goal
      return secondMost === undefined ? `≤ ${most} ×` : `≤ ${most} ×; p99 ≤ ${secondMost} ×`
    }
    case 'most':
      return `≤ ${goal.most}${goal.secondMost === undefined ? '' : `; ≤ ${goal.secondMost}`}`
    case 'self':
      return 'as with one'
    case 'least':
      return `≥ ${goal.least}`
  }
}

/** Notes of the last round in which it was measured. */
export function notesOf(outcome: Outcome, server: string): Measured['notes'] {
  return measurements(outcome, server).at(-1)?.notes ?? {}
}

function measurements({ rounds }: Outcome, server: string): readonly Measured[] {
  return rounds.flatMap((round) => {
    const result = round.get(server)
    return result === undefined || 'failed' in result ? [] : result
  })
}

function median(values: readonly number[]): number | undefined {
  const sorted = values.toSorted((left, right) => left - right)
  return sorted[Math.floor(sorted.length / 2)]
}
