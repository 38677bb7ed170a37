import { type Access, asAccess } from '../base/access.ts'

/**
 * What a token's claim gives for one document. The claim is an object of names and what may be done
 * with them: `{ "notes": "write", "team/*": "read" }`. A name ending in `/*` stands for everything
 * below it, `*` alone for everything. The exact name goes first, then the longest that fits.
 * @returns undefined when nothing in it covers the document, or it is no such claim
 */
export function accessIn(claim: unknown, document: string): Access | undefined {
  if (typeof claim !== 'object' || claim === null || Array.isArray(claim)) return undefined
  let longest = -1
  let found: unknown
  for (const [name, access] of Object.entries(claim)) {
    if (name === document) return asAccess(access)
    const covers = name === '*' || (name.endsWith('/*') && document.startsWith(name.slice(0, -1)))
    if (!covers || name.length <= longest) continue
    longest = name.length
    found = access
  }
  return asAccess(found)
}
