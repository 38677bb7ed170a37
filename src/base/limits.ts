import { limitTable } from './limit-table.ts'

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
