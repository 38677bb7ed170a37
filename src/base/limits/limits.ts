import { limitTable } from './limit-table.ts'

/** The name of a limit. */
export type LimitName = keyof typeof limitTable

/** A value for every limit. Passing one gets a refusal of base/errors.ts. */
export type Limits = { readonly [Name in LimitName]: number }

/** `frame_bytes_max` becomes `frameBytesMax`. */
type CamelCase<Name extends string> = Name extends `${infer Head}_${infer Tail}`
  ? `${Head}${Capitalize<CamelCase<Tail>>}`
  : Name

/** Limits as a program gives them: those that are left out keep their default. */
export type LimitOptions = {
  readonly [Name in LimitName as CamelCase<Name>]?: number | undefined
}

/** All names, in the order of the table. */
export const limitNames: readonly LimitName[] = Object.keys(limitTable).filter(isLimitName)

/** Every limit at its default, with what is given instead. */
export function limitsWith(given: Partial<Limits> = {}): Limits {
  const limits: Partial<Record<LimitName, number>> = {}
  for (const name of limitNames) limits[name] = given[name] ?? limitTable[name].value
  if (!isWhole(limits)) throw new TypeError('A limit has no value in the table of limits.')
  return Object.freeze(limits)
}

export const defaultLimits: Limits = limitsWith()

/**
 * Every limit, from what a program gives.
 * @throws TypeError when there is no limit of a name, or a value is no number from 0 up
 */
export function limitsFrom(options: LimitOptions = {}): Limits {
  const limits: { [Name in LimitName]?: number } = {}
  for (const [name, value] of Object.entries(options)) {
    const limit = limitNames.find((candidate) => camelCase(candidate) === name)
    if (limit === undefined) {
      throw new TypeError(`There is no limit called ${name}; docs/operating.md lists them.`)
    }
    if (value === undefined) continue
    if (!(value >= 0)) {
      throw new TypeError(`The limit ${name} takes a number from 0 up, not ${value}.`)
    }
    limits[limit] = value
  }
  return limitsWith(limits)
}

/** The same limits as a program gives them. */
export function limitOptionsOf(limits: Partial<Limits>): LimitOptions {
  return Object.fromEntries(Object.entries(limits).map(([name, value]) => [camelCase(name), value]))
}

function camelCase(name: string): string {
  return name.replaceAll(/_(.)/g, (_, letter: string) => letter.toUpperCase())
}

function isLimitName(name: string): name is LimitName {
  return Object.hasOwn(limitTable, name)
}

function isWhole(limits: Partial<Limits>): limits is Limits {
  return limitNames.every((name) => limits[name] !== undefined)
}
