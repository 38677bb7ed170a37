import type { Version } from '../../persistence/versions.ts'

const hour = 3_600_000
const day = 24 * hour

/** How old automatic versions are from when on one is kept for each stretch of so many ms. */
const stretches: readonly { readonly from: number; readonly length: number }[] = [
  { from: 90 * day, length: 7 * day },
  { from: 7 * day, length: day },
  { from: day, length: hour },
]

/** A document's versions may take so many times the bytes of its state. */
const statesMax = 20

/**
 * The versions that are kept no longer: of automatic ones all of a day stay, then one an hour for a
 * week, one a day for 90 days and one a week; and the oldest go while all together take too much.
 * Named ones stay, those made around something, and the newest.
 * @param versions newest first
 * @param bytesMin they may always take so much
 */
export function superfluous(
  versions: readonly Version[],
  now: number,
  bytesMin: number,
): readonly Version[] {
  const [newest] = versions
  if (newest === undefined) return []
  const gone = new Set<Version>()
  let last: string | undefined
  for (const version of versions) {
    if (!isAutomatic(version) || version === newest) continue
    const stretch = stretches.find(({ from }) => now - version.time >= from)
    if (stretch === undefined) continue
    const place = `${stretch.length} ${Math.floor(version.time / stretch.length)}`
    // The last state of each stretch stays.
    if (place === last) gone.add(version)
    last = place
  }
  const most = Math.max(bytesMin, statesMax * newest.stateBytes)
  let bytes = versions.reduce((sum, one) => sum + (gone.has(one) ? 0 : one.storedBytes), 0)
  for (const version of versions.toReversed()) {
    if (bytes <= most) break
    if (!isAutomatic(version) || version === newest || gone.has(version)) continue
    gone.add(version)
    bytes -= version.storedBytes
  }
  return versions.filter((version) => gone.has(version)).toReversed()
}

function isAutomatic({ kind, name }: Version): boolean {
  return kind === 'auto' && name === undefined
}
