/** Letters from which on the beginning of a word stands for it. */
const beginningMin = 3

/** The word that was probably meant; undefined when none is near. */
export function nearest(word: string, words: readonly string[]): string | undefined {
  const near = words
    .map((candidate) => ({ candidate, distance: distanceTo(candidate, word) }))
    .filter((other) => other.distance <= Math.max(1, Math.floor(other.candidate.length / 3)))
    .toSorted((left, right) => left.distance - right.distance)
  return near[0]?.candidate
}

function distanceTo(candidate: string, word: string): number {
  if (word.length >= beginningMin && candidate.startsWith(word)) return 1
  return distance(word, candidate)
}

/**
 * Letters to insert, drop, replace or swap with the next one to turn one word into the other
 * (optimal string alignment).
 */
function distance(from: string, to: string): number {
  let before: readonly number[] = []
  let row: readonly number[] = Array.from({ length: to.length + 1 }, (_, index) => index)
  for (let index = 0; index < from.length; index++) {
    const next = [index + 1]
    for (let at = 0; at < to.length; at++) {
      const replaced = (row[at] ?? 0) + (to[at] === from[index] ? 0 : 1)
      const isSwap = at > 0 && to[at] === from[index - 1] && to[at - 1] === from[index]
      const swapped = isSwap ? (before[at - 1] ?? 0) + 1 : Infinity
      next.push(Math.min(replaced, swapped, (row[at + 1] ?? 0) + 1, (next[at] ?? 0) + 1))
    }
    before = row
    row = next
  }
  return row[to.length] ?? 0
}
