/**
 * What somebody may do with a document, each with all that stands before it: see it, comment on it,
 * change it, or also delete it and let others in.
 */
export const accessLevels = ['read', 'comment', 'write', 'admin'] as const

/** One of the levels. */
export type Access = (typeof accessLevels)[number]

/** Whether somebody who was granted that much may do what wants so much. */
export function covers(granted: Access, wanted: Access): boolean {
  return accessLevels.indexOf(granted) >= accessLevels.indexOf(wanted)
}

/** The level of that name; undefined for anything else. */
export function asAccess(given: unknown): Access | undefined {
  return accessLevels.find((level) => level === given)
}
