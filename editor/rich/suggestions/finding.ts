import { getChangedRanges } from '@tiptap/core'
import type { Node } from '@tiptap/pm/model'
import type { Transaction } from '@tiptap/pm/state'
import { isSuggestion } from './marks.ts'

/** Where a suggestion stands in a part of a document; undefined where none does. */
export function findIn(doc: Node, from = 0, to = doc.content.size): number | undefined {
  let at: number | undefined
  doc.nodesBetween(from, Math.min(to, doc.content.size), ({ marks }, position) => {
    if (marks.some(isSuggestion)) at ??= position
    return at === undefined
  })
  return at
}

/** Where one stands in what a change has written. The document itself may be long. */
export function findInChanged(change: Transaction): number | undefined {
  const { doc } = change
  if (!isRanged(change)) return findIn(doc)
  return getChangedRanges(change)
    .map(({ newRange: { from, to } }) => findIn(doc, from, to))
    .find((at) => at !== undefined)
}

/** Whether a change is of one, or beside one. */
export function isOfSuggestion(change: Transaction): boolean {
  const { before, doc } = change
  if (!isRanged(change)) return true
  return getChangedRanges(change).some(
    ({ newRange, oldRange }) => isBeside(before, oldRange) || isBeside(doc, newRange),
  )
}

function isBeside(doc: Node, { from, to }: { readonly from: number; readonly to: number }) {
  return findIn(doc, Math.max(0, from - 1), to + 1) !== undefined
}

/** A change of a block's own marks names no range. */
function isRanged({ steps }: Transaction): boolean {
  return steps.every((step) => 'from' in step)
}
