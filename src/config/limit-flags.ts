import type { Limit } from '../base/limits/limit.ts'
import { limitTable } from '../base/limits/limit-table.ts'
import { type LimitName, limitNames, type Limits } from '../base/limits/limits.ts'
import { type Flag, flag } from './flag.ts'
import { bytes, count, duration, showBytes, showDuration } from './reader.ts'

/** A limit that an operator may set. */
interface OpenLimit extends Limit {
  readonly range: readonly [min: number, max: number]
}

/** The flags of the limits that an operator may set: `frame_bytes_max` is `--frame-bytes-max`. */
export const limitFlags: Readonly<Record<string, Flag<number>>> = Object.fromEntries(
  limitNames.flatMap((name) => {
    const limit: Limit = limitTable[name]
    return isOpen(limit) ? [[name, limitFlag(name, limit)]] : []
  }),
)

/** Of the values of all flags those that are limits. */
export function limitsOf(values: Readonly<Record<string, unknown>>): Partial<Limits> {
  const limits: { [Name in LimitName]?: number } = {}
  for (const name of limitNames) {
    const value = values[name]
    if (typeof value === 'number') limits[name] = value
  }
  return limits
}

/** A value of that limit as it is written on the command line. */
export function showLimit(name: string, value: number): string {
  switch (unitOf(name)) {
    case 'bytes':
      return showBytes(value)
    case 'ms':
      return showDuration(value)
    case 'count':
      return `${value}`
  }
}

function limitFlag(name: string, { range: [min, max], value, what }: OpenLimit): Flag<number> {
  const written = showLimit(name, value)
  switch (unitOf(name)) {
    case 'bytes':
      return flag(bytes(min, max), written, what)
    case 'ms':
      return flag(duration(min, max), written, what)
    case 'count':
      return flag(count('COUNT', min, max), written, what)
  }
}

function unitOf(name: string): 'bytes' | 'ms' | 'count' {
  if (/_bytes(?:_|$)/.test(name)) return 'bytes'
  return /_ms(?:_|$)/.test(name) ? 'ms' : 'count'
}

function isOpen(limit: Limit): limit is OpenLimit {
  return limit.range !== undefined
}
