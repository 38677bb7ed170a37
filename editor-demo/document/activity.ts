import { piece } from '../../editor/panels/piece.ts'
import type { Version } from './versions.ts'

/** Narrower bars are not told from each other: so many are drawn at most. */
const barsMax = 120
const leastPercent = 8

/**
 * Draws how much changed from version to version, where the slider has them. It is seen alone: the
 * slider says which version that is.
 * @param versions oldest first
 * @param placeOf where in their time one is, from 0 to 1
 */
export function drawActivity(
  shown: HTMLElement,
  versions: readonly Version[],
  placeOf: (version: Version) => number,
): void {
  const steps = versions.map((version, at) => ({
    isNamed: version.name !== null,
    changed: Math.abs(version.bytes - (versions[at - 1]?.bytes ?? 0)),
    place: placeOf(version),
  }))
  const isCrowded = steps.length > barsMax
  const bars = Map.groupBy(steps, ({ place }, at) => (isCrowded ? Math.round(place * barsMax) : at))
  const summed = [...bars.values()].map((together) => ({
    changed: together.reduce((sum, { changed }) => sum + changed, 0),
    isNamed: together.some(({ isNamed }) => isNamed),
    place: together[0]?.place ?? 0,
  }))
  const most = Math.max(1, ...summed.map(({ changed }) => changed))
  shown.replaceChildren(
    ...summed.map(({ changed, isNamed, place }) => {
      const bar = piece('span', isNamed ? 'named' : '')
      // By its root: beside a long paste a word would not be seen.
      bar.style.height = `${Math.max(leastPercent, 100 * Math.sqrt(changed / most))}%`
      bar.style.left = `${100 * place}%`
      return bar
    }),
  )
}
