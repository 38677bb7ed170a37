import { writeSync } from 'node:fs'

const told = new Set<string>()
let nextWhy: string | undefined

/**
 * Has the next server be one, also where suites are run with two in the place of each.
 * @param why it cannot be two; told where it would have been
 */
export function nextAlone(why: string): void {
  nextWhy = why
}

/** Why the server that starts now has to be one, if a test has said so. */
export function takeAlone(): string | undefined {
  const why = nextWhy
  nextWhy = undefined
  return why
}

/** Says, where suites are run with two servers, why there is one; once for each reason. */
export function tellAlone(why: string): void {
  if (told.has(why)) return
  told.add(why)
  writeSync(2, `alone: ${why}\n`)
}
