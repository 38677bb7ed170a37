import { DeleteIndex } from '../../update/clocks/deletes.ts'
import { formatLimits } from '../../update/fault.ts'
import type { DeleteRange } from '../../update/clocks/runs.ts'
import { UpdateScan } from '../../update/scan.ts'
import { Section, writeUpdate } from '../../update/section.ts'

/** More pieces of one update than this that do not apply: it is given up whole. */
const blamedMax = 16

/** What of an update stands or falls by itself: the structs of a client, or a range of deletes. */
type Piece =
  | { readonly kind: 'structs'; readonly section: Section }
  | { readonly kind: 'deletes'; readonly range: DeleteRange }

/**
 * What of an update that does not apply does: without the deletes, and the structs of the clients,
 * that throw. So a delete of types nested deeper than Yjs can go takes nobody's edits with it that
 * came in the same update.
 * @param applies whether that can be applied
 * @returns undefined when nothing of it can be, or when it does not read as an update
 */
export function restOf(
  update: Uint8Array,
  applies: (rest: Uint8Array) => boolean,
): Uint8Array | undefined {
  let kept = piecesOf(update)
  if (kept.length < 2) return undefined
  for (let blamed = 0; blamed < blamedMax; blamed++) {
    const culprit = firstToThrow(kept, applies)
    kept = kept.filter((_, place) => place !== culprit)
    if (kept.length === 0) return undefined
    const rest = updateOf(kept)
    if (applies(rest)) return rest
  }
  return undefined
}

/** The place of the piece with which the update begins to throw; halves what is left each time. */
function firstToThrow(pieces: readonly Piece[], applies: (update: Uint8Array) => boolean): number {
  let low = 0
  let high = pieces.length - 1
  while (low < high) {
    const middle = (low + high) >>> 1
    if (applies(updateOf(pieces.slice(0, middle + 1)))) low = middle + 1
    else high = middle
  }
  return low
}

/** Structs first: a delete of what is not there yet waits, and throws when it comes. */
function piecesOf(update: Uint8Array): readonly Piece[] {
  const scan = new UpdateScan()
  if (scan.scan(update, formatLimits) !== undefined) return []
  const sections = new Map<number, Section>()
  for (let index = 0; index < scan.runCount; index++) {
    const run = scan.run(index)
    const section = sections.get(run.client) ?? new Section(run.client)
    section.addRun({ ...run, bytes: update })
    sections.set(run.client, section)
  }
  const pieces: Piece[] = [...sections.values()].map((section) => ({ kind: 'structs', section }))
  for (let index = 0; index < scan.deleteCount; index++) {
    pieces.push({ kind: 'deletes', range: { ...scan.deleteRange(index) } })
  }
  return pieces
}

function updateOf(pieces: readonly Piece[]): Uint8Array {
  const deletes = new DeleteIndex()
  const sections: Section[] = []
  for (const piece of pieces) {
    if (piece.kind === 'structs') sections.push(piece.section)
    else deletes.add(piece.range.client, piece.range.clock, piece.range.length)
  }
  return writeUpdate(sections, deletes.write())
}
