import { piece } from '../../editor/panels/piece.ts'
import type { Version } from './versions.ts'

/** Narrower bars are not told from each other: so many are drawn at most. */
const barsMax = 120
const leastPercent = 8

/**
 * Draws how much changed from version to version, oldest first, as the slider goes. It is seen
 * alone: the slider says which version that is.
 * @param versions newest first
 */
export function drawActivity(place: HTMLElement, versions: readonly Version[]): void {
  const steps = versions.toReversed().map((version, at, all) => ({
    isNamed: version.name !== null,
    changed: Math.abs(version.bytes - (all[at - 1]?.bytes ?? 0)),
  }))
  const perBar = Math.ceil(steps.length / barsMax)
  const bars = steps.flatMap((_, at) => {
    if (at % perBar !== 0) return []
    const together = steps.slice(at, at + perBar)
    const changed = together.reduce((sum, one) => sum + one.changed, 0)
    return [{ changed, isNamed: together.some(({ isNamed }) => isNamed) }]
  })
  const most = Math.max(1, ...bars.map(({ changed }) => changed))
  place.replaceChildren(
    ...bars.map(({ changed, isNamed }) => {
      const bar = piece('span', isNamed ? 'named' : '')
      // By its root: beside a long paste a word would not be seen.
      bar.style.height = `${Math.max(leastPercent, 100 * Math.sqrt(changed / most))}%`
      return bar
    }),
  )
}
